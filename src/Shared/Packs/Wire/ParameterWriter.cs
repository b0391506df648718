using System.Text.Json;

namespace McpPlatform.Packs.Wire;

/// <summary>
/// The one table by which values become text: OpenAPI 3.1.1 §4.8.12 over RFC 6570. A row says what stands before the first item, between items, and
/// how names appear; everything else is the same for all styles.
/// </summary>
internal static class ParameterWriter
{
    /// <summary>Names and values ready for the wire, one per field; a path or header parameter gives exactly one, whose name is ignored.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(PackParameter parameter, JsonElement value, Func<string, string> encode)
    {
        if (parameter.ContentType is not null)
        {
            return [(encode(parameter.Name), encode(ContentText(parameter, value)))];
        }

        return (parameter.Style, value.ValueKind) switch
        {
            (ParameterStyle.DeepObject, JsonValueKind.Object) => Deep(parameter.Name, value, encode, 0),
            (_, JsonValueKind.Array) => List(parameter, value, encode),
            (_, JsonValueKind.Object) => Map(parameter, value, encode),
            _ => [(encode(parameter.Name), encode(ScalarText.Of(value)))],
        };
    }

    /// <summary>The one text of a path or header parameter.</summary>
    public static string Text(PackParameter parameter, JsonElement value, Func<string, string> encode)
    {
        if (parameter.ContentType is not null)
        {
            return encode(ContentText(parameter, value));
        }

        var (first, between) = (parameter.Style, parameter.Explode) switch
        {
            (ParameterStyle.Label, true) => (".", "."),
            (ParameterStyle.Label, false) => (".", ","),
            (ParameterStyle.Matrix, true) => (";", ";"),
            (ParameterStyle.Matrix, false) => ($";{parameter.Name}=", ","),
            _ => ("", ","),
        };
        var isNamedMatrix = parameter.Style == ParameterStyle.Matrix && parameter.Explode;
        return value.ValueKind switch
        {
            JsonValueKind.Array => first + string.Join(between, value.EnumerateArray().Select(item => (isNamedMatrix ? $"{parameter.Name}=" : "") + encode(ScalarText.Of(item)))),
            JsonValueKind.Object => first + string.Join(between, Members(value).Select(m => encode(m.Name) + (parameter.Explode ? "=" : ",") + encode(ScalarText.Of(m.Value)))),
            _ => Scalar(parameter, encode(ScalarText.Of(value))),
        };
    }

    private static string Scalar(PackParameter parameter, string encoded) => parameter.Style switch
    {
        ParameterStyle.Label => $".{encoded}",
        ParameterStyle.Matrix => encoded.Length == 0 ? $";{parameter.Name}" : $";{parameter.Name}={encoded}",
        _ => encoded,
    };

    private static IEnumerable<(string Name, string Value)> List(PackParameter parameter, JsonElement value, Func<string, string> encode)
    {
        var name = encode(parameter.Name);
        var items = value.EnumerateArray().Select(item => encode(ScalarText.Of(item)));
        if (parameter.Explode || parameter.Style == ParameterStyle.DeepObject)
        {
            return items.Select(item => (name, item));
        }

        return value.GetArrayLength() == 0 ? [] : [(name, string.Join(Delimiter(parameter.Style), items))];
    }

    private static IEnumerable<(string Name, string Value)> Map(PackParameter parameter, JsonElement value, Func<string, string> encode)
    {
        if (parameter.Explode)
        {
            return Members(value).Select(m => (encode(m.Name), encode(ScalarText.Of(m.Value))));
        }

        var delimiter = Delimiter(parameter.Style);
        var text = string.Join(delimiter, Members(value).Select(m => encode(m.Name) + delimiter + encode(ScalarText.Of(m.Value))));
        return text.Length == 0 ? [] : [(encode(parameter.Name), text)];
    }

    // OpenAPI leaves nested values open; brackets all the way down is what servers that know deepObject read.
    private static IEnumerable<(string Name, string Value)> Deep(string name, JsonElement value, Func<string, string> encode, int depth)
    {
        if (depth > 16)
        {
            throw new BadArgumentException($"'{name}' is nested too deeply for a query; 16 levels are allowed.");
        }

        foreach (var member in Members(value))
        {
            var inner = $"{name}[{member.Name}]";
            var fields = member.Value.ValueKind switch
            {
                JsonValueKind.Object => Deep(inner, member.Value, encode, depth + 1),
                JsonValueKind.Array => member.Value.EnumerateArray().Select(item => (encode(inner), encode(ScalarText.Of(item)))),
                _ => [(encode(inner), encode(ScalarText.Of(member.Value)))],
            };
            foreach (var field in fields)
            {
                yield return field;
            }
        }
    }

    private static string Delimiter(ParameterStyle style) => style switch
    {
        ParameterStyle.SpaceDelimited => "%20",
        ParameterStyle.PipeDelimited => "%7C",
        _ => ",",
    };

    private static IEnumerable<JsonProperty> Members(JsonElement value) => value.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null);

    private static string ContentText(PackParameter parameter, JsonElement value) =>
        MediaTypes.IsJson(parameter.ContentType!) ? ScalarText.Compact(value) : ScalarText.Of(value);
}
