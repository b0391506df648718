namespace McpPlatform.Configuration.Binding;

/// <summary>What a person may have meant.</summary>
internal static class Similar
{
    /// <summary>The name that is nearest, if it is near; null otherwise.</summary>
    public static string? To(string written, IEnumerable<string> names)
    {
        var said = written.Length > 64 ? written[..64] : written;
        return names.Select(name => (Name: name, Distance: Distance(Plain(said), Plain(name))))
            .Where(n => n.Distance <= Math.Max(1, n.Name.Length / 3))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Select(n => n.Name).FirstOrDefault();
    }

    private static string Plain(string name) => name.Replace('-', '_').ToLowerInvariant();

    // Edit distance in which two neighbours that changed places are one edit; three rows of the table.
    private static int Distance(string a, string b)
    {
        var (last, before, now) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            before[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                now[j] = Math.Min(Math.Min(now[j - 1], before[j]) + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    now[j] = Math.Min(now[j], last[j - 2] + 1);
                }
            }

            (last, before, now) = (before, now, last);
        }

        return before[b.Length];
    }
}
