using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpPlatform.Factory.Application.Compilation;

/// <content>One keyword after the other: kept, converted, loosened or left out.</content>
internal sealed partial class SchemaConverter
{
    private static readonly string[] Types = ["string", "number", "integer", "boolean", "array", "object", "null"];

    private void Members(JsonObject source, JsonObject target, Place place)
    {
        var dropped = forRequest ? DroppedNames(source, place) : [];
        var inner = place with { Dropped = dropped };
        foreach (var (name, value) in source)
        {
            if (value is null && name is not ("const" or "default"))
            {
                continue;
            }

            switch (name)
            {
                case "type":
                    Put(target, name, Type(value!));
                    break;
                case "title" or "description":
                    Put(target, name, Texts.Of(source, name, 2000) is { Length: > 0 } text ? JsonValue.Create(text) : null);
                    break;
                case "default":
                    target[name] = value?.DeepClone();
                    break;
                case "properties":
                    Put(target, name, Map(value, inner, dropped.Contains));
                    break;
                case "patternProperties" when forRequest:
                    Put(target, name, Map(value, inner, pattern => !IsPattern(pattern)));
                    break;
                case "items":
                    Put(target, value is JsonArray ? "prefixItems" : name, value is JsonArray list ? List(list, inner.Inside()) : Convert(value, inner.Inside()));
                    break;
                case "allOf" or "anyOf" or "oneOf" or "prefixItems" when value is JsonArray parts:
                    var place2 = name == "prefixItems" ? inner.Inside() : inner;
                    Put(target, name == "oneOf" && !forRequest ? "anyOf" : name, List(parts, place2));
                    break;
                case "additionalProperties" or "unevaluatedProperties" or "unevaluatedItems" or "contains" or "propertyNames" or "contentSchema":
                    Put(target, name, forRequest || (name == "additionalProperties" && value is JsonObject) ? Convert(value, inner.Inside()) : null);
                    break;
                case "not" or "if" or "then" or "else" when forRequest:
                    target[name] = Convert(value, inner);
                    break;
                case "dependentSchemas" when forRequest:
                    Put(target, name, Map(value, inner, _ => false, inPlace: true));
                    break;
                case "required" when forRequest:
                    Put(target, name, Names(value, dropped));
                    break;
                default:
                    if (forRequest)
                    {
                        Put(target, name, Constraint(name, value, source));
                    }

                    break;
            }
        }

        if (forRequest)
        {
            ExclusiveBounds(source, target);
        }
    }

    private static JsonNode? Constraint(string name, JsonNode? value, JsonObject source)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var keep = name switch
        {
            "const" => true,
            "enum" => value is JsonArray { Count: > 0 },
            "format" or "contentEncoding" or "contentMediaType" => kind == JsonValueKind.String,
            "pattern" => kind == JsonValueKind.String && IsPattern(value!.GetValue<string>()),
            "multipleOf" => Number(value) > 0,
            "maximum" => Number(value) is not null && !Texts.Flag(source, "exclusiveMaximum"),
            "minimum" => Number(value) is not null && !Texts.Flag(source, "exclusiveMinimum"),
            "exclusiveMaximum" or "exclusiveMinimum" => Number(value) is not null,
            "maxLength" or "minLength" or "maxItems" or "minItems" or "maxProperties" or "minProperties" or "maxContains" or "minContains" =>
                Number(value) is >= 0 and <= int.MaxValue and var number && double.IsInteger(number),
            "uniqueItems" or "deprecated" => kind is JsonValueKind.True or JsonValueKind.False,
            "dependentRequired" => value is JsonObject lists && lists.All(l => l.Value is JsonArray names && names.All(n => n?.GetValueKind() == JsonValueKind.String)),
            _ => false, // unknown keywords, annotations of OpenAPI, extensions, identifiers that would change what references mean
        };
        return keep ? value?.DeepClone() : null;
    }

    // Before 2019 a bound became exclusive by a flag beside it.
    private static void ExclusiveBounds(JsonObject source, JsonObject target)
    {
        foreach (var (flag, bound) in new[] { ("exclusiveMaximum", "maximum"), ("exclusiveMinimum", "minimum") })
        {
            if (Texts.Flag(source, flag) && Number(source[bound]) is not null)
            {
                target[flag] = source[bound]!.DeepClone();
            }
        }
    }

    private JsonNode? Type(JsonNode value)
    {
        var names = (value is JsonArray many ? many.Select(t => t?.ToString()) : [value.ToString()])
            .Select(t => t == "file" ? "string" : t)
            .Where(t => Types.Contains(t, StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (names.Count > 0 && !forRequest)
        {
            names = [.. names.Select(t => t == "integer" ? "number" : t).Append("null").Distinct(StringComparer.Ordinal)];
        }

        return names.Count switch
        {
            0 => null,
            1 => JsonValue.Create(names[0]),
            _ => new JsonArray([.. names.Select(n => JsonValue.Create(n))]),
        };
    }

    private JsonObject? Map(JsonNode? value, Place place, Func<string, bool> leaveOut, bool inPlace = false)
    {
        if (value is not JsonObject source)
        {
            return null;
        }

        var inner = inPlace ? place : place.Inside();
        return new JsonObject(source.Where(m => !leaveOut(m.Key)).Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Convert(m.Value, inner))));
    }

    private JsonArray? List(JsonArray source, Place place) => source.Count == 0 ? null : new JsonArray([.. source.Select(item => Convert(item, place))]);

    /// <summary>Names of read-only properties, wherever in the composition they are described: a required one must not be asked for.</summary>
    private HashSet<string> DroppedNames(JsonObject source, Place place)
    {
        if (source["properties"] is null && source["required"] is null && source["allOf"] is null)
        {
            return place.Dropped;
        }

        var names = new HashSet<string>(place.Dropped, StringComparer.Ordinal);
        names.UnionWith(Flatten(source).Properties.Where(p => IsReadOnly(p.Value)).Select(p => p.Key));
        return names;
    }

    private static JsonArray? Names(JsonNode? value, HashSet<string> dropped)
    {
        var names = (value as JsonArray ?? []).Where(n => n?.GetValueKind() == JsonValueKind.String).Select(n => n!.GetValue<string>()).Where(n => !dropped.Contains(n)).Distinct().ToList();
        return names.Count == 0 ? null : new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
    }

    private static double? Number(JsonNode? value) =>
        value is JsonValue number && number.GetValueKind() == JsonValueKind.Number && double.TryParse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    // Only parsed, never run: whether clients can read it at all. Long ones are not worth it.
    private static bool IsPattern(string pattern)
    {
        if (pattern.Length > 500)
        {
            return false;
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.None, TimeSpan.FromMilliseconds(50));
            return !DotNetOnly().IsMatch(pattern);
        }
        catch (ArgumentException)
        {
            return false; // not a pattern: the value is only left unconstrained
        }
    }

    private static void Put(JsonObject target, string name, JsonNode? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }

    // Inline options, atomic and conditional groups, anchors and classes that ECMAScript does not have, and POSIX quantifiers.
    [GeneratedRegex(@"\(\?[imnsx#>(+-]|\(\?P|\\[AZzG<>_'""@%!#:;=~`-]|\\[pP](?!\{)|\[:|[*+?}]\+|\{,")]
    private static partial Regex DotNetOnly();
}
