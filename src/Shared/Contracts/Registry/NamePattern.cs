using System.Buffers;

namespace McpPlatform.Contracts.Registry;

/// <summary>Patterns of names: <c>*</c> stands for any text, everything else for itself, case counts. The registry and gateways read them alike.</summary>
public static class NamePattern
{
    private static readonly SearchValues<char> ServerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_*");

    /// <summary>Whether all of a text is as the pattern says. Time grows with both lengths multiplied at most.</summary>
    public static bool Matches(string pattern, string text)
    {
        var (p, t, star, retry) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, retry) = (p++, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                (p, t) = (star + 1, ++retry);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*') < 0;
    }

    /// <summary>The same for an item of a server, by a pattern <c>server/name</c>; one whose first part cannot be a server's is for items of all servers (<c>file:///*</c>, <c>delete_*</c>).</summary>
    public static bool MatchesItem(string pattern, string server, string name)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && !pattern.AsSpan(0, slash).ContainsAnyExcept(ServerCharacters)
            ? Matches(pattern[..slash], server) && Matches(pattern[(slash + 1)..], name)
            : Matches(pattern, name);
    }
}
