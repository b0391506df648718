using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace McpPlatform.Registry.Domain;

/// <summary>Something in a definition that people should look at before a model does.</summary>
/// <param name="Code"><c>hidden_text</c>, <c>instruction_like</c> or <c>look_alike</c>; stable.</param>
/// <param name="Where">Path within the definition, for example <c>inputSchema.properties.text.description</c>.</param>
/// <param name="Detail">What it is, with what cannot be seen spelled out.</param>
public sealed record Finding(string Code, string Where, string Detail);

/// <summary>
/// Looks for what poisoned definitions have: characters that people do not see and models read, and sentences that speak to the model instead of describing. A hint for whoever
/// accepts, and a reason not to trust at first sight; the control is that somebody accepts.
/// </summary>
public static class DefinitionScan
{
    public const string Hidden = "hidden_text";
    public const string Instruction = "instruction_like";
    public const string LookAlike = "look_alike";

    /// <summary>Whoever has more is flagged enough.</summary>
    public const int MostFindings = 10;

    private const int Around = 60;

    /// <summary>Empty when nothing is suspicious.</summary>
    public static IReadOnlyList<Finding> Of(SeenDefinition definition)
    {
        var findings = new List<Finding>();
        Look(findings, "name", definition.Name, isName: true);
        if (definition.Kind == SeenDefinition.Instructions)
        {
            // They are addressed to the model by nature; what no honest ones say is looked for all the same.
            Look(findings, "", definition.Text, isName: false);
        }
        else
        {
            using var document = JsonDocument.Parse(definition.Text);
            Walk(findings, "", document.RootElement);
        }

        return [.. findings.Distinct().Take(MostFindings)];
    }

    /// <summary>Text with everything that cannot be seen as <c>\u{XXXX}</c>.</summary>
    public static string Visible(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsHidden(rune) || (Rune.IsControl(rune) && rune.Value is not '\n') ? shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}") : shown.Append(rune);
        }

        return shown.ToString();
    }

    private static void Walk(List<Finding> findings, string path, JsonElement value)
    {
        if (findings.Count >= MostFindings)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var within = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    Look(findings, within, member.Name, isName: true);
                    Walk(findings, within, member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Walk(findings, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item);
                }

                break;
            case JsonValueKind.String:
                Look(findings, path, value.GetString()!, isName: false);
                break;
        }
    }

    private static void Look(List<Finding> findings, string path, string text, bool isName)
    {
        var hidden = HiddenIn(text);
        if (hidden.Count > 0)
        {
            findings.Add(new Finding(Hidden, Visible(path), $"{hidden.Count} characters that are not seen: {string.Join(", ", hidden.Distinct().Take(5).Select(rune => $"U+{rune.Value:X4}"))}"));
        }

        if (isName)
        {
            return;
        }

        var plain = Plain(text);
        if (Order(plain) is { } order || (order = Encoded.Matches(plain).Select(blob => Decoded(blob.Value)).Select(inner => inner is null ? null : Order(inner)).FirstOrDefault(inner => inner is not null)) is not null)
        {
            findings.Add(new Finding(Instruction, Visible(path), Visible(order.Length <= Around ? order : order[..Around] + "…")));
        }
    }

    private static string? Order(string plain) => InstructionLike.Match(plain) is { Success: true } match ? match.Value : null;

    /// <summary>The text in a piece of Base64; null when it is none.</summary>
    private static string? Decoded(string blob)
    {
        var bytes = new byte[blob.Length];
        return Convert.TryFromBase64String(blob.PadRight((blob.Length + 3) / 4 * 4, '='), bytes, out var length) && Array.TrueForAll(bytes[..length], b => b is >= 0x20 and < 0x7F)
            ? Encoding.ASCII.GetString(bytes, 0, length)
            : null;
    }

    private static List<Rune> HiddenIn(string text)
    {
        var hidden = new List<Rune>();
        var before = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            // An emoji is often several characters put together by a joiner and a selector; alone, or after letters, these hide something.
            if (IsHidden(rune) && !(rune.Value is 0x200D or 0xFE0F or 0xFE0E && IsPictograph(before)) && !(rune.Value is 0x200C or 0x200D && IsJoined(before)))
            {
                hidden.Add(rune);
            }

            before = rune.Value is 0x200D or 0xFE0F && IsPictograph(before) ? before : rune;
        }

        return hidden;
    }

    /// <summary>Format characters (zero width, bidirectional controls, the tags block), variation selectors, fillers, and the private planes.</summary>
    private static bool IsHidden(Rune rune) => rune.Value switch
    {
        0x00AD or 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 or 0x2800 => true,
        >= 0x200B and <= 0x200F or >= 0x202A and <= 0x202E or >= 0x2060 and <= 0x206F or 0xFEFF => true,
        >= 0xFE00 and <= 0xFE0F or >= 0xE0000 and <= 0xE0FFF or >= 0xF0000 => true,
        0x1B or 0x9B or 0x08 or 0x7F => true,
        _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format,
    };

    /// <summary>Scripts whose spelling needs joiners.</summary>
    private static bool IsJoined(Rune rune) => rune.Value is >= 0x0600 and <= 0x0DFF;

    private static bool IsPictograph(Rune rune) => rune.Value is >= 0x2190 and <= 0x2BFF or >= 0x1F000 and <= 0x1FAFF or 0x00A9 or 0x00AE or 0x203C or 0x2049 or 0x2122 or 0x3030 or 0x303D or 0x3297 or 0x3299 or (>= '0' and <= '9') or '#' or '*';

    /// <summary>As it reads: without what is hidden, on one line.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsHidden(rune))
            {
                _ = Rune.IsWhiteSpace(rune) ? plain.Append(' ') : plain.Append(rune);
            }
        }

        return plain.ToString();
    }

    /// <summary>Long enough to say something.</summary>
    private static readonly Regex Encoded = new("[A-Za-z0-9+/]{16,4096}={0,2}", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Never backtracks: what it reads was written by strangers.</summary>
    private static readonly Regex InstructionLike = new(
        """
        \bignore\s+(?:all\s+)?(?:previous|prior|above)\b
        |\b(?:ignore|disregard|forget|override)\b[^.]{0,30}\b(?:previous|prior|above|earlier|preceding|all|any|other|your)\b[^.]{0,30}\b(?:instructions?|prompts?|rules?|messages?|guidelines?)\b
        |\b(?:do\s*n[o']t|don['’]?t|never|must\s+not|without)\b[^.]{0,20}\b(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|notify(?:ing)?|alert(?:ing)?|disclos(?:e|ing))\b[^.]{0,25}\b(?:the\s+)?user\b
        |<\s*/?\s*(?:important|system|secret|instructions?|hidden|admin|critical|assistant)\s*>
        |<!--
        |\[\s*(?:system|inst|important)\s*\]
        |\bsystem\s+prompt\b
        |\b(?:before|prior\s+to|when|whenever)\s+(?:using|calling|you\s+(?:use|call)|invoking)\b[^.]{0,60}\b(?:you\s+)?(?:must|read|first|always|send|call|use)\b[^.]{0,80}(?:~/|/etc/|\.ssh|\.env|id_rsa|mcp\.json|conversation)
        |\b(?:read|cat|open|send|include|pass|upload|exfiltrate|forward)\b[^.]{0,60}(?:~/\.|/etc/passwd|\.ssh/|id_rsa|\.env\b|\.aws/|\.cursor/|mcp\.json)
        |\b(?:pass|include|send|put|append|forward)\b[^.]{0,40}\b(?:conversation|chat)\s*(?:history|log)?\b[^.]{0,40}\b(?:as|in|into|to)\b
        |\b(?:instead\s+of|rather\s+than)\b[^.]{0,30}\b(?:other|the)\s+tools?\b[^.]{0,40}\b(?:always|must|only)\b
        |\byou\s+(?:are\s+now|must\s+(?:always|now|first))\b
        |\b(?:overrides?|supersedes?|takes?\s+precedence\s+over|replaces?)\b[^.]{0,30}\b(?:other|previous|any|every)\b[^.]{0,20}\b(?:tools?|instructions?|rules?)\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
