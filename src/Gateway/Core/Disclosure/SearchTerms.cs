namespace McpPlatform.Gateway.Disclosure;

/// <summary>Words of names and sentences, as the search compares them: <c>listIssues</c>, <c>list_issues</c> and "List issues" are the same two.</summary>
internal static class SearchTerms
{
    private const int MaxLength = 64;

    /// <summary>In order, in lower case, singular where that is easy to tell.</summary>
    public static IEnumerable<string> Of(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isIn = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (start >= 0 && (!isIn || StartsWord(text, i)))
            {
                yield return Normal(text.AsSpan(start, Math.Min(i - start, MaxLength)));
                start = -1;
            }

            if (isIn && start < 0)
            {
                start = i;
            }
        }
    }

    /// <summary>fooBar, and HTTPServer before its S.</summary>
    private static bool StartsWord(string text, int i) =>
        char.IsUpper(text[i]) && (!char.IsUpper(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1])));

    private static string Normal(ReadOnlySpan<char> word)
    {
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        return lower.Length > 4 && lower.EndsWith("ies") ? string.Concat(lower[..^3], "y")
            : lower.Length > 3 && lower[^1] == 's' && lower[^2] != 's' ? lower[..^1].ToString()
            : lower.ToString();
    }
}
