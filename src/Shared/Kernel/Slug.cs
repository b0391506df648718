namespace McpPlatform.Kernel;

/// <summary>
/// The names that appear in URLs and in aggregated tool names: lower-case letters, digits, <c>-</c> and single <c>_</c>, 1 to 63 characters,
/// starting and ending with a letter or digit. Never <c>__</c>: it separates server and tool in aggregated names.
/// </summary>
public static class Slug
{
    public const int MaxLength = 63;

    public const string Rule = "must be 1 to 63 of a-z, 0-9, '-' and single '_', starting and ending with a letter or digit";

    public static bool IsValid(string? text)
    {
        if (text is not { Length: >= 1 and <= MaxLength } || !IsAlphanumeric(text[0]) || !IsAlphanumeric(text[^1]))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!IsAlphanumeric(c) && c != '-' && (c != '_' || text[i - 1] == '_'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
