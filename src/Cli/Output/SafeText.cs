using System.Text;

namespace McpPlatform.Cli.Output;

/// <summary>Text from elsewhere (tool descriptions, results, errors) without what could steer a terminal: escape sequences, bells, text direction marks.</summary>
internal static class SafeText
{
    /// <summary>On one line: line ends become spaces.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>Line ends and tabs stay.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' or '\r')
            {
                clean.Append(keepLines ? (char)rune.Value : ' ');
            }
            else if (!IsSteering(rune))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }

    private static bool IsSteering(Rune rune) => Rune.IsControl(rune) || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
