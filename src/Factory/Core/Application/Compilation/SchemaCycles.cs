using System.Text.Json.Nodes;

namespace McpPlatform.Factory.Application.Compilation;

/// <content>Where references lead, and which of them would include a schema in itself without an end.</content>
internal sealed partial class SchemaConverter
{
    /// <summary>The pointer at which a chain of mere references ends; null when anything is allowed instead.</summary>
    private string? Final(string pointer, Place place)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var target = forRequest ? references.Target(pointer) : references.Find(pointer);
            if (target is null)
            {
                notices.Add(new Notice("schema.broken_ref", place.Owner ?? "", $"'{Texts.Clean(pointer, 200)}' is not in the document; the answer may hold anything there."));
                return null;
            }

            if (!seen.Add(pointer) || (place.IsInPlace && place.Owner is { } owner && (pointer == owner || Reaches(pointer, owner))))
            {
                notices.Add(new Notice("schema.endless", pointer, "The schema includes itself without an end; anything is allowed there."));
                return null;
            }

            if (target is not JsonObject { Count: 1 } only || Texts.Raw(only, "$ref") is not { } next)
            {
                return pointer;
            }

            pointer = next;
        }
    }

    private bool Reaches(string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var pointer))
        {
            if (!_inPlaceReferences.TryGetValue(pointer, out var next))
            {
                _inPlaceReferences[pointer] = next = [];
                CollectInPlace(references.Find(pointer), next);
            }

            foreach (var reference in next)
            {
                if (reference == to)
                {
                    return true;
                }

                if (seen.Add(reference))
                {
                    open.Enqueue(reference);
                }
            }
        }

        return false;
    }

    private static void CollectInPlace(JsonNode? schema, List<string> found)
    {
        if (schema is not JsonObject here)
        {
            return;
        }

        if (Texts.Raw(here, "$ref") is { } pointer)
        {
            found.Add(pointer);
        }

        foreach (var part in InPlace.SelectMany(name => here[name] as JsonArray ?? []).Concat(InPlaceSingle.Select(name => here[name])))
        {
            CollectInPlace(part, found);
        }
    }
}
