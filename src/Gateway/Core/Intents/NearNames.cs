namespace McpPlatform.Gateway.Intents;

/// <summary>How much two names differ.</summary>
internal static class NearNames
{
    /// <summary>A third of a name may be wrong.</summary>
    private const int Tolerance = 3;

    /// <summary>Changes of single characters between them, or nearly none where one holds the other; null when they have too little in common.</summary>
    public static int? Distance(string name, string asked)
    {
        if (asked.Length is 0 or > 256)
        {
            return null;
        }

        if (asked.Length >= 3 && (name.Contains(asked, StringComparison.OrdinalIgnoreCase) || asked.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            return 1;
        }

        var most = Math.Max(1, name.Length / Tolerance);
        return Math.Abs(name.Length - asked.Length) > most ? null : Edits(name, asked) is var edits && edits <= most ? edits : null;
    }

    private static int Edits(string a, string b)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> now = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            before[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1], before[j]) + 1, before[j - 1] + same);
            }

            now.CopyTo(before);
        }

        return before[b.Length];
    }
}
