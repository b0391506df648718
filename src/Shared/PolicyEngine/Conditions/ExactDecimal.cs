using System.Buffers.Text;

namespace McpPlatform.PolicyEngine.Conditions;

/// <summary>Numbers as a decimal, where it holds them exactly. Rounding would let a value pass a bound that the upstream sees crossed.</summary>
internal static class ExactDecimal
{
    private const int MaxDigits = 28;

    /// <summary>Reads a JSON number. False when it has more than 28 digits, counting the zeros that its exponent stands for.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out decimal value)
    {
        value = 0;
        var exponentAt = json.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0)
        {
            var text = json[(exponentAt + 1)..];
            text = text.StartsWith("+"u8) ? text[1..] : text;
            if (!Utf8Parser.TryParse(text, out exponent, out var used) || used != text.Length)
            {
                return false;
            }
        }

        var digits = mantissa.Length - (mantissa.StartsWith("-"u8) ? 1 : 0) - (mantissa.Contains((byte)'.') ? 1 : 0);
        return Math.Abs((long)exponent) + digits <= MaxDigits
            && Utf8Parser.TryParse(json, out value, out var consumed)
            && consumed == json.Length;
    }
}
