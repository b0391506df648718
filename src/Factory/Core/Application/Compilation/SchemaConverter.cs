using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// Schemas of any dialect to JSON Schema 2020-12, references kept as <c>$defs</c> that are pruned per tool: inlining makes documents explode and cycles
/// endless. Keywords outside the standard and malformed ones are left out, so that the result always compiles. Not thread-safe; one per document and direction.
/// </summary>
/// <param name="forRequest">
/// True: read-only properties are left out, broken references fail the operation. False: the schema describes what an API may answer, so everything that a
/// real answer could break is loosened, and broken references allow anything.
/// </param>
internal sealed partial class SchemaConverter(References references, Dialect dialect, bool forRequest, List<Notice> notices)
{
    private const int MaxChain = 32;
    private static readonly string[] InPlace = ["allOf", "anyOf", "oneOf"];
    private static readonly string[] InPlaceSingle = ["not", "if", "then", "else"];
    private readonly Dictionary<string, (JsonNode Schema, HashSet<string> Uses, int Bytes)> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _inPlaceReferences = new(StringComparer.Ordinal);

    /// <summary>Converts a schema at a place of its own and adds the pointers that it refers to.</summary>
    /// <exception cref="BadOperationException">A reference of a request is broken or leaves the document.</exception>
    public JsonNode Convert(JsonNode? schema, HashSet<string> uses) => Convert(schema, new Place(uses, null, true, []));

    /// <summary>The definitions behind those pointers and behind everything they refer to.</summary>
    /// <returns>False when they would have more than <paramref name="maxBytes"/>. <paramref name="definitions"/> is null when there are none.</returns>
    /// <exception cref="BadOperationException">As <see cref="Convert(JsonNode?, HashSet{string})"/>.</exception>
    public bool TryDefine(IReadOnlySet<string> uses, int maxBytes, out JsonObject? definitions)
    {
        definitions = null;
        var wanted = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        var open = new Queue<string>(uses.Order(StringComparer.Ordinal));
        var seen = new HashSet<string>(uses, StringComparer.Ordinal);
        var bytes = 0;
        while (open.TryDequeue(out var pointer))
        {
            var definition = Define(pointer);
            bytes += definition.Bytes;
            if (bytes > maxBytes)
            {
                return false;
            }

            wanted[NameOf(pointer)] = definition.Schema;
            foreach (var next in definition.Uses.Where(seen.Add))
            {
                open.Enqueue(next);
            }
        }

        definitions = wanted.Count == 0 ? null : new JsonObject(wanted.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)d.Value.DeepClone())));
        return true;
    }

    /// <summary>What a schema is in the end: references followed; null when they are broken.</summary>
    public JsonObject? Resolve(JsonNode? schema)
    {
        for (var i = 0; i < MaxChain && schema is JsonObject here; i++)
        {
            if (Texts.Raw(here, "$ref") is not { } pointer)
            {
                return here;
            }

            schema = references.Find(pointer);
        }

        return null;
    }

    /// <summary>All properties and required names of an object, those of its <c>allOf</c> parts included; an operation's own come first.</summary>
    public (List<KeyValuePair<string, JsonNode?>> Properties, HashSet<string> Required) Flatten(JsonNode? schema)
    {
        var properties = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        var required = new HashSet<string>(StringComparer.Ordinal);
        Flatten(schema, properties, required, 0);
        return ([.. properties], required);
    }

    /// <summary>Whether a property is the server's to set.</summary>
    public bool IsReadOnly(JsonNode? property) =>
        property is JsonObject own && (Texts.Flag(own, "readOnly") || (Resolve(own) is { } resolved && Texts.Flag(resolved, "readOnly")));

    private (JsonNode Schema, HashSet<string> Uses, int Bytes) Define(string pointer)
    {
        if (!_definitions.TryGetValue(pointer, out var definition))
        {
            var uses = new HashSet<string>(StringComparer.Ordinal);
            var schema = Convert(references.Find(pointer), new Place(uses, pointer, true, []));
            _definitions[pointer] = definition = (schema, uses, JsonSerializer.SerializeToUtf8Bytes(schema).Length);
        }

        return definition;
    }

    private void Flatten(JsonNode? schema, Dictionary<string, JsonNode?> properties, HashSet<string> required, int depth)
    {
        if (depth > MaxChain || Resolve(schema) is not { } here)
        {
            return;
        }

        foreach (var (name, property) in here["properties"] as JsonObject ?? [])
        {
            properties.TryAdd(name, property);
        }

        required.UnionWith(Texts.List(here, "required"));
        foreach (var part in here["allOf"] as JsonArray ?? [])
        {
            Flatten(part, properties, required, depth + 1);
        }
    }

    private JsonNode Convert(JsonNode? schema, Place place)
    {
        if (schema is JsonValue flag && flag.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
        {
            return forRequest ? schema.DeepClone() : new JsonObject();
        }

        if (schema is not JsonObject source)
        {
            return new JsonObject();
        }

        if (Texts.Raw(source, "$ref") is { } pointer)
        {
            return Reference(source, pointer, place);
        }

        var target = new JsonObject();
        Members(source, target, place);
        if (dialect != Dialect.OpenApi31 && Texts.Flag(source, "nullable"))
        {
            AllowNull(target);
        }

        return target;
    }

    private JsonObject Reference(JsonObject source, string pointer, Place place)
    {
        var target = new JsonObject();
        if (Final(pointer, place) is { } final)
        {
            place.Uses.Add(final);
            target["$ref"] = $"#/$defs/{NameOf(final)}";
        }

        var siblings = new JsonObject();
        Members(source, siblings, place);
        var isNullable = Texts.Flag(source, "nullable");
        if (dialect != Dialect.OpenApi31)
        {
            // Before 3.1 what stands beside a reference means nothing; a description there is meant for people, nullable for machines.
            if (isNullable && target.Count > 0)
            {
                target = new JsonObject { ["anyOf"] = new JsonArray(target, new JsonObject { ["type"] = "null" }) };
            }

            siblings = siblings["description"] is { } description ? new JsonObject { ["description"] = description.DeepClone() } : [];
        }

        foreach (var (name, value) in siblings)
        {
            target[name] = value?.DeepClone();
        }

        return target;
    }

    private static void AllowNull(JsonObject target)
    {
        switch (target["type"])
        {
            case JsonValue single:
                target["type"] = new JsonArray(single.DeepClone(), "null");
                break;
            case JsonArray many when !many.Any(t => t?.ToString() == "null"):
                many.Add("null");
                break;
            default:
                break;
        }

        if (target["enum"] is JsonArray values && values.All(v => v is not null))
        {
            values.Add((JsonNode?)null);
        }
    }

    // Names depend on the pointer alone: a tool's schema is the same whatever else is compiled.
    private static string NameOf(string pointer)
    {
        var last = Uri.UnescapeDataString(pointer[(pointer.LastIndexOf('/') + 1)..]);
        var safe = Unsafe().Replace(last, "_");
        var isComponent = ComponentPointer().IsMatch(pointer) && safe == last && safe.Length is > 0 and <= 100;
        return isComponent ? safe : $"{(safe.Length > 60 ? safe[..60] : safe)}_{System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pointer)))[..8]}";
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex Unsafe();

    [GeneratedRegex("^#/(components/schemas|definitions)/[^/]+$")]
    private static partial Regex ComponentPointer();

    /// <summary>Where a schema stands.</summary>
    /// <param name="Owner">Pointer of the definition that is being converted; null in a tool's own schema.</param>
    /// <param name="IsInPlace">It applies to the same value as its owner.</param>
    /// <param name="Dropped">Properties that a schema around it left out.</param>
    private readonly record struct Place(HashSet<string> Uses, string? Owner, bool IsInPlace, HashSet<string> Dropped)
    {
        public Place Inside() => this with { IsInPlace = false, Dropped = [] };
    }
}
