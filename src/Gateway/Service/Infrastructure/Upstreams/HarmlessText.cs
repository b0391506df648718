using System.Text;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>A process' own words, fit to be shown: without secrets, and without what could steer a terminal or turn text around.</summary>
internal static class HarmlessText
{
    /// <summary>As long as the longest secret that a registration may hold.</summary>
    private const int LongestSecret = 8192;

    /// <summary>
    /// Every control character but line ends and tabs becomes U+FFFD: one for one, so that nothing that was apart comes together. Where the beginning is cut off, so may be a
    /// secret, of which only the rest is left: the first line goes.
    /// </summary>
    public static string Of(StderrTail tail, KnownSecrets secrets)
    {
        var text = tail.IsCut ? WithoutFirstLine(tail.Text) : tail.Text;
        var redacted = Redactor.Text(text, new RedactionScope(null, secrets), Math.Max(1, text.Length));
        var clean = new StringBuilder(redacted.Length);
        foreach (var rune in redacted.EnumerateRunes())
        {
            clean.Append(IsSteering(rune) ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    private static string WithoutFirstLine(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end >= 0 ? text[(end + 1)..] : text[Math.Min(text.Length, LongestSecret)..];
    }

    private static bool IsSteering(Rune rune) =>
        (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
