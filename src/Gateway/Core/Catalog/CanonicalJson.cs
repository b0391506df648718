using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Gateway.Catalog;

/// <summary>
/// JSON in canonical form (RFC 8785): members by UTF-16 code units, no white space, numbers and texts in one spelling. Two definitions that mean the same
/// have the same hash, however their server ordered or spaced them.
/// </summary>
public static class CanonicalJson
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    /// <summary>SHA-256 of the canonical form, lower-case hex. Throws <see cref="JsonException"/> for text with half a surrogate pair, which has none (RFC 8785 §3.1).</summary>
    public static string Hash(JsonElement value)
    {
        var text = new StringBuilder();
        try
        {
            Write(text, value);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("A text holds half a surrogate pair.", exception);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Write(StringBuilder output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                output.Append('{');
                var members = 0;
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    WriteText(output.Append(members++ == 0 ? "" : ","), member.Name);
                    Write(output.Append(':'), member.Value);
                }

                output.Append('}');
                break;
            case JsonValueKind.Array:
                output.Append('[');
                var items = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Write(output.Append(items++ == 0 ? "" : ","), item);
                }

                output.Append(']');
                break;
            case JsonValueKind.String:
                WriteText(output, value.GetString()!);
                break;
            case JsonValueKind.Number:
                output.Append(Number(value));
                break;
            default:
                output.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>RFC 8785 §3.2.2.2: nothing is escaped that need not be, and what must be has one spelling. The framework's encoders escape more.</summary>
    private static void WriteText(StringBuilder output, string text)
    {
        output.Append('"');
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Escaped) is >= 0 and var at)
        {
            output.Append(rest[..at]);
            _ = rest[at] switch
            {
                '"' => output.Append("\\\""),
                '\\' => output.Append("\\\\"),
                '\b' => output.Append("\\b"),
                '\f' => output.Append("\\f"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                var control => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}"),
            };
            rest = rest[(at + 1)..];
        }

        output.Append(rest).Append('"');
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
