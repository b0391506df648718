using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Packs.Wire;

/// <summary>Writes <c>multipart/form-data</c> (RFC 7578). Names and file names are quoted the way browsers quote them, so that they cannot end a header.</summary>
internal static class MultipartWriter
{
    public static WireBody Write(PackBody body, JsonElement value)
    {
        using var content = new MemoryStream();
        var boundary = $"mcpp{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        foreach (var property in value.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null))
        {
            var part = BodyWriter.PartOf(body, property.Name);
            var repeats = property.Value.ValueKind == JsonValueKind.Array && (part.IsFile || part.ContentType is null || !MediaTypes.IsJson(part.ContentType));
            foreach (var item in repeats ? [.. property.Value.EnumerateArray()] : new[] { property.Value })
            {
                if (part.IsFile)
                {
                    File(content, boundary, property.Name, part, item);
                }
                else
                {
                    Field(content, boundary, property.Name, part, item);
                }
            }
        }

        Line(content, $"--{boundary}--");
        return new WireBody(content.ToArray(), $"{MediaTypes.Bare(body.ContentType)}; boundary={boundary}");
    }

    private static void Field(MemoryStream content, string boundary, string name, PackPart part, JsonElement item)
    {
        var type = part.ContentType ?? (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "application/json" : null);
        var text = type switch
        {
            not null when MediaTypes.IsJson(type) => ScalarText.Compact(item),
            "application/x-www-form-urlencoded" when item.ValueKind == JsonValueKind.Object => BodyWriter.FormText(
                ParameterWriter.Fields(new PackParameter(name, ParameterPlace.Query, name, ParameterStyle.Form, Explode: true), item, text => PercentEncoding.Encode(text))),
            _ => ScalarText.Of(item),
        };
        Part(content, boundary, $"name=\"{Quote(name)}\"", type, Encoding.UTF8.GetBytes(text));
    }

    private static void File(MemoryStream content, string boundary, string name, PackPart part, JsonElement item)
    {
        var isObject = item.ValueKind == JsonValueKind.Object;
        var data = isObject ? Member(item, "data") ?? throw new BadArgumentException($"'{name}' needs 'data' with the base64-encoded file.") : item;
        var fileName = isObject && Member(item, "filename") is { ValueKind: JsonValueKind.String } given ? given.GetString()! : name;
        var type = isObject && Member(item, "content_type") is { ValueKind: JsonValueKind.String } typed ? typed.GetString()! : part.ContentType ?? "application/octet-stream";
        if (!HeaderText.IsValid(type))
        {
            throw new BadArgumentException($"'{name}': content_type has characters that a header cannot have.");
        }

        Part(content, boundary, $"name=\"{Quote(name)}\"; filename=\"{Quote(fileName)}\"", type, BodyWriter.Base64(name, data));
    }

    private static void Part(MemoryStream content, string boundary, string disposition, string? type, byte[] bytes)
    {
        Line(content, $"--{boundary}");
        Line(content, $"Content-Disposition: form-data; {disposition}");
        if (type is not null)
        {
            Line(content, $"Content-Type: {type}");
        }

        Line(content, "");
        content.Write(bytes);
        Line(content, "");
    }

    private static JsonElement? Member(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value : null;

    private static void Line(MemoryStream content, string text) => content.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text}\r\n")));

    // WHATWG HTML, "multipart/form-data encoding algorithm".
    private static string Quote(string text) =>
        text.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
