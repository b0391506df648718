using System.Text;
using System.Text.Json;

namespace McpPlatform.Packs.Wire;

/// <summary>Writes bodies. Text is UTF-8.</summary>
internal static class BodyWriter
{
    private static readonly PackPart DefaultPart = new(null, false, null, true, false);

    public static WireBody Write(PackBody body, JsonElement value) => body.Kind switch
    {
        BodyKind.Json => new WireBody(Encoding.UTF8.GetBytes(value.GetRawText()), body.ContentType),
        BodyKind.Form => new WireBody(Encoding.ASCII.GetBytes(Form(body, AsObject(body, value))), body.ContentType),
        BodyKind.Multipart => MultipartWriter.Write(body, AsObject(body, value)),
        BodyKind.Binary => new WireBody(Base64(body.Argument, value), body.ContentType),
        _ => new WireBody(Encoding.UTF8.GetBytes(ScalarText.Of(value)), WithCharset(body.ContentType)),
    };

    /// <summary>Fields joined as <c>application/x-www-form-urlencoded</c>: like a query, but with <c>+</c> for a space.</summary>
    public static string FormText(IEnumerable<(string Name, string Value)> fields) => string.Join('&', fields.Select(f => $"{f.Name}={f.Value}")).Replace("%20", "+", StringComparison.Ordinal);

    /// <summary>How a property is written: as the pack says, else by the defaults of OpenAPI.</summary>
    public static PackPart PartOf(PackBody body, string property) => body.Parts.TryGetValue(property, out var part) ? part : DefaultPart;

    public static byte[] Base64(string argument, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes))
        {
            return bytes;
        }

        throw new BadArgumentException($"'{argument}' must be a string with base64-encoded bytes.");
    }

    private static string Form(PackBody body, JsonElement value) =>
        FormText(value.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).SelectMany(p => FormFields(PartOf(body, p.Name), p)));

    private static IEnumerable<(string Name, string Value)> FormFields(PackPart part, JsonProperty property)
    {
        // Without a style OpenAPI writes objects as JSON (Encoding Object, contentType); arrays repeat the field.
        var isJson = part.Style is null && (property.Value.ValueKind == JsonValueKind.Object || (part.ContentType is not null && MediaTypes.IsJson(part.ContentType)));
        var parameter = new PackParameter(property.Name, ParameterPlace.Query, property.Name, part.Style ?? ParameterStyle.Form, part.Explode, part.AllowReserved, ContentType: isJson ? "application/json" : null);
        return ParameterWriter.Fields(parameter, property.Value, text => PercentEncoding.Encode(text, part.AllowReserved));
    }

    private static JsonElement AsObject(PackBody body, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value : throw new BadArgumentException($"'{body.Argument}' must be an object: its properties become the fields of a form.");

    private static string WithCharset(string contentType) =>
        contentType.Contains("charset", StringComparison.OrdinalIgnoreCase) ? contentType : $"{contentType}; charset=utf-8";
}
