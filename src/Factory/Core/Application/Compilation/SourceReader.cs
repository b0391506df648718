using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Kernel;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Bytes to a tree. Never touches the network or a file; bounded before it recurses.</summary>
internal static class SourceReader
{
    /// <summary>Reads JSON when the text begins with a brace, else YAML. Members that repeat count once, the last; each is a notice.</summary>
    /// <exception cref="BadDocumentException">Too large, too deep, malformed, or no object.</exception>
    public static JsonObject Read(ReadOnlyMemory<byte> content, SourceLimits limits, List<Notice> notices)
    {
        if (content.Length > limits.MaxBytes)
        {
            throw new BadDocumentException("document.too_large", $"The document has {content.Length} bytes; {limits.MaxBytes} are allowed.");
        }

        var text = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
        var first = text.Span.TrimStart(" \t\r\n"u8);
        if (first.IsEmpty)
        {
            throw new BadDocumentException("document.empty", "The document is empty.");
        }

        var root = first[0] is (byte)'{' or (byte)'[' ? Json(text, limits, notices) : new YamlTree(limits, notices).Read(text);
        return root as JsonObject ?? throw new BadDocumentException("document.not_an_object", "The document must be a JSON or YAML object with 'openapi' or 'swagger'.");
    }

    private static JsonNode? Json(ReadOnlyMemory<byte> text, SourceLimits limits, List<Notice> notices)
    {
        try
        {
            if (JsonText.HasHalfPair(text.Span))
            {
                throw new BadDocumentException("document.malformed", "A text of the document holds half of a surrogate pair.");
            }

            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = limits.MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Copy(document.RootElement, "", notices);
        }
        catch (JsonException malformed)
        {
            throw new BadDocumentException("document.malformed", $"The document is not valid JSON: {malformed.Message}");
        }
    }

    private static JsonNode? Copy(JsonElement value, string where, List<Notice> notices)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject())
                {
                    if (members.ContainsKey(member.Name))
                    {
                        notices.Add(new Notice("document.duplicate_key", where, $"'{Texts.Clean(member.Name, 80)}' is there twice; the last one counts."));
                    }

                    members[member.Name] = Copy(member.Value, $"{where}/{member.Name}", notices);
                }

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(item => Copy(item, where, notices))]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(value.Clone());
        }
    }
}
