using McpPlatform.Contracts;

namespace McpPlatform.Gateway.Intents;

/// <summary>
/// Versions that a caller takes, written as package managers do: <c>1.4.0</c>, <c>1</c>, <c>1.x</c>, <c>^1.2</c>, <c>~1.2.3</c>, <c>&gt;=1.2 &lt;2</c>, alternatives with <c>||</c>, <c>*</c>.
/// A prerelease is in a range only when the range names a prerelease of the same three numbers: nobody gets one by accident.
/// </summary>
public sealed class VersionRange
{
    public const int MaxLength = 128;

    public const string Rule = "must be a version range such as 1.4.0, ^1.2, ~1.2.3, 1.x, or '>=1.2 <2'; alternatives with ||";

    private const int MostParts = 8;

    private readonly Comparator[][] _alternatives;

    private VersionRange(Comparator[][] alternatives) => _alternatives = alternatives;

    /// <summary>Reads a range; false when it is none.</summary>
    public static bool TryParse(string? text, out VersionRange? range)
    {
        range = null;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        var alternatives = new List<Comparator[]>();
        foreach (var part in text.Split("||"))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var comparators = new List<Comparator>();
            if (words.Length is 0 or > MostParts || alternatives.Count == MostParts || !Array.TrueForAll(words, word => TryRead(word, comparators)))
            {
                return false;
            }

            alternatives.Add([.. comparators]);
        }

        range = new VersionRange([.. alternatives]);
        return true;
    }

    public bool Contains(SemanticVersion version)
    {
        foreach (var comparators in _alternatives)
        {
            if (Array.TrueForAll(comparators, c => c.Takes(version))
                && (version.Prerelease.Length == 0 || Array.Exists(comparators, c => c.NamesPrereleaseOf(version))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryRead(string word, List<Comparator> comparators)
    {
        var sign = word.StartsWith(">=", StringComparison.Ordinal) || word.StartsWith("<=", StringComparison.Ordinal) ? word[..2] : word[0] is '>' or '<' or '=' or '^' or '~' ? word[..1] : "";
        if (!TryPartial(word[sign.Length..], out var from, out var named))
        {
            return false;
        }

        // The first version after all that a partial one stands for: 1.2 ends before 1.3.0.
        var next = named switch { 0 => default, 1 => new SemanticVersion(from.Major + 1, 0, 0, ""), 2 => new SemanticVersion(from.Major, from.Minor + 1, 0, ""), _ => from };
        switch (sign)
        {
            case "" or "=" when named == 3:
                comparators.Add(new(Sign.Equal, from));
                break;
            case "" or "=":
                Between(from, named == 0 ? null : next);
                break;
            case "~":
                Between(from, named == 0 ? null : named == 1 ? next : new SemanticVersion(from.Major, from.Minor + 1, 0, ""));
                break;
            case "^":
                Between(from, named == 0 ? null : from.Major > 0 || named == 1 ? new SemanticVersion(from.Major + 1, 0, 0, "")
                    : from.Minor > 0 || named == 2 ? new SemanticVersion(0, from.Minor + 1, 0, "")
                    : new SemanticVersion(0, 0, from.Patch + 1, ""));
                break;
            case ">=":
                comparators.Add(new(Sign.AtLeast, from));
                break;
            case ">":
                comparators.Add(named == 3 ? new(Sign.Above, from) : new(Sign.AtLeast, next));
                break;
            case "<":
                comparators.Add(new(Sign.Below, from));
                break;
            default:
                comparators.Add(named == 3 ? new(Sign.AtMost, from) : new(Sign.Below, next));
                break;
        }

        // Nothing is above or below everything.
        return named > 0 || sign is "" or "=" or "^" or "~" or ">=";

        void Between(SemanticVersion lowest, SemanticVersion? end)
        {
            comparators.Add(new(Sign.AtLeast, lowest));
            if (end is { } first)
            {
                comparators.Add(new(Sign.Below, first));
            }
        }
    }

    /// <param name="named">How many of the three numbers are given.</param>
    private static bool TryPartial(string text, out SemanticVersion version, out int named)
    {
        named = 3;
        if (SemanticVersion.TryParse(text, out version))
        {
            return true;
        }

        var parts = text.Split('.');
        Span<int> numbers = stackalloc int[3];
        named = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is "*" or "x" or "X")
            {
                // After a wildcard there is nothing but wildcards.
                version = new SemanticVersion(numbers[0], numbers[1], 0, "");
                return parts.Length <= 3 && parts.AsSpan(i).IndexOfAnyExcept("*", "x", "X") < 0;
            }

            if (i == 2 || !SemanticVersion.TryNumber(parts[i], out numbers[i]))
            {
                return false;
            }

            named++;
        }

        version = new SemanticVersion(numbers[0], numbers[1], 0, "");
        return true;
    }

    private enum Sign
    {
        Equal,
        AtLeast,
        Above,
        AtMost,
        Below,
    }

    private readonly record struct Comparator(Sign Sign, SemanticVersion Version)
    {
        public bool Takes(SemanticVersion version) => Sign switch
        {
            Sign.Equal => version.CompareTo(Version) == 0,
            Sign.AtLeast => version >= Version,
            Sign.Above => version > Version,
            Sign.AtMost => version <= Version,
            _ => version < Version,
        };

        public bool NamesPrereleaseOf(SemanticVersion version) =>
            Version.Prerelease.Length > 0 && (Version.Major, Version.Minor, Version.Patch) == (version.Major, version.Minor, version.Patch);
    }
}
