using System.Text.Json;
using System.Text.Json.Nodes;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// Follows <c>$ref</c> within one document. Only callers that stand at a reference position ask; the word <c>$ref</c> inside an example, a default or an
/// extension is data. References out of the document are never opened.
/// </summary>
internal sealed class References(JsonObject root)
{
    private const int MaxChain = 32;

    /// <summary>The object itself, or what it refers to in the end.</summary>
    /// <exception cref="BadOperationException">It leaves the document, names nothing, runs in a circle, or is no object.</exception>
    public JsonObject Object(JsonNode? node, string what)
    {
        for (var i = 0; i < MaxChain; i++)
        {
            if (node is not JsonObject here)
            {
                throw new BadOperationException($"{what} is not an object");
            }

            if (Texts.Raw(here, "$ref") is not { } pointer)
            {
                return here;
            }

            node = Target(pointer);
        }

        throw new BadOperationException($"{what} is a circle of references");
    }

    /// <summary>What a local pointer names.</summary>
    /// <exception cref="BadOperationException">It leaves the document or names nothing.</exception>
    public JsonNode Target(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw new BadOperationException($"the reference '{Texts.Clean(reference, 200)}' leaves the document; bundle the files into one first");
        }

        return Find(reference) ?? throw new BadOperationException($"the reference '{Texts.Clean(reference, 200)}' names nothing in the document");
    }

    /// <summary>What a local pointer names (RFC 6901, in a URI fragment); null when it names nothing.</summary>
    public JsonNode? Find(string reference)
    {
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
        {
            return reference == "#" ? root : null;
        }

        JsonNode? node = root;
        foreach (var escaped in Uri.UnescapeDataString(reference[2..]).Split('/'))
        {
            var name = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node switch
            {
                JsonObject members => members[name],
                JsonArray items => int.TryParse(name, out var index) && index >= 0 && index < items.Count ? items[index] : null,
                _ => null,
            };
            if (node is null)
            {
                return null;
            }
        }

        return node.GetValueKind() is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Array ? node : null;
    }
}
