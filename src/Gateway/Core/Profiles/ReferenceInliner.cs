using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Gateway.Catalog;

namespace McpPlatform.Gateway.Profiles;

/// <summary>
/// Puts what references refer to in their place, within one tool. References name each other several times over, so that little text can mean very much: beyond what is allowed they are cut
/// to <c>{"type":"object"}</c>, which takes anything.
/// </summary>
/// <param name="sourceBytes">Of the definition as it came.</param>
internal sealed class ReferenceInliner(int sourceBytes)
{
    /// <summary>More references than a tool that a model can use has.</summary>
    private const int MostInlined = 2000;

    /// <summary>How often on average a definition may be repeated whole.</summary>
    private const int MostTimes = 4;

    /// <summary>Small tools may repeat theirs more often: it costs nobody much.</summary>
    private const int LeastAllowed = 16 * 1024;

    /// <summary>No client takes more in one tool, and lists are kept for each view and profile.</summary>
    private const int MostAllowed = 512 * 1024;

    private const int MostWithin = 32;

    /// <summary>Sizes in bytes of what references lead to: measured once, however often it is wanted.</summary>
    private readonly Dictionary<JsonObject, int> _sizes = new(ReferenceEqualityComparer.Instance);

    private readonly List<string> _within = [];

    private int _count = MostInlined;

    private long _bytes = Math.Clamp((long)sourceBytes * MostTimes, LeastAllowed, MostAllowed);

    public void Inline(JsonObject schema) => Inline(schema, (JsonObject)schema.DeepClone());

    private void Inline(JsonObject schema, JsonObject source)
    {
        var depth = _within.Count;
        while (schema["$ref"] is JsonValue value && value.TryGetValue(out string? reference))
        {
            schema.Remove("$ref");
            if (_count <= 0 || _within.Contains(reference) || _within.Count > MostWithin || SchemaParts.Find(source, reference) is not JsonObject target || !Allows(target))
            {
                schema["type"] ??= "object";
                break;
            }

            _within.Add(reference);
            foreach (var (key, member) in target)
            {
                if (!schema.ContainsKey(key))
                {
                    schema[key] = member?.DeepClone();
                }
            }
        }

        foreach (var (child, _) in SchemaParts.Of(schema, "").ToList())
        {
            Inline(child, source);
        }

        _within.RemoveRange(depth, _within.Count - depth);
    }

    private bool Allows(JsonObject target)
    {
        if (!_sizes.TryGetValue(target, out var size))
        {
            _sizes[target] = size = JsonSerializer.SerializeToUtf8Bytes(target, DialectWriter.Plain).Length;
        }

        if (size > _bytes)
        {
            return false;
        }

        _count--;
        _bytes -= size;
        return true;
    }
}
