using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpPlatform.Gateway.Catalog;

/// <summary>
/// JSON in canonical form (RFC 8785): members by UTF-16 code units, no white space, numbers and texts in one spelling. Two definitions that mean the same
/// have the same hash, however their server ordered or spaced them.
/// </summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 of the canonical form, lower-case hex.</summary>
    public static string Hash(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512, SkipValidation = true }))
        {
            Write(writer, value);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(value), skipInputValidation: true);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>As ECMAScript writes the double: RFC 8785 §3.2.2.3. A number that no double can hold keeps its text, so that it differs from its neighbours.</summary>
    private static string Number(JsonElement value)
    {
        if (!value.TryGetDouble(out var number) || double.IsInfinity(number))
        {
            return value.GetRawText();
        }

        if (number == 0)
        {
            return "0";
        }

        var shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        var roundTrip = number.ToString("R", CultureInfo.InvariantCulture);
        var exponent = int.Parse(shortest.AsSpan(shortest.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is >= -7 and < 21 && !roundTrip.Contains('E', StringComparison.Ordinal) ? roundTrip : Spell(number, roundTrip, exponent);
    }

    private static string Spell(double number, string roundTrip, int exponent)
    {
        var digits = new StringBuilder();
        foreach (var c in roundTrip.AsSpan(0, roundTrip.IndexOf('E', StringComparison.Ordinal) is >= 0 and var e ? e : roundTrip.Length))
        {
            if (char.IsAsciiDigit(c) && (digits.Length > 0 || c != '0'))
            {
                digits.Append(c);
            }
        }

        var sign = number < 0 ? "-" : "";
        var text = digits.ToString().TrimEnd('0');
        if (exponent is >= 0 and < 21)
        {
            return sign + text.PadRight(exponent + 1, '0');
        }

        if (exponent is < 0 and >= -7)
        {
            return sign + "0." + new string('0', -exponent - 1) + text;
        }

        var mantissa = text.Length == 1 ? text : $"{text[0]}.{text[1..]}";
        return $"{sign}{mantissa}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture)}";
    }
}
