using System.Globalization;

namespace McpPlatform.Contracts;

/// <summary>A version by semver.org 2.0.0, ordered by its precedence (§11). Build metadata is read and ignored.</summary>
/// <param name="Prerelease">What comes after the hyphen; empty = a release.</param>
public readonly record struct SemanticVersion(int Major, int Minor, int Patch, string Prerelease) : IComparable<SemanticVersion>
{
    public const int MaxLength = 64;

    public const string Rule = "must be a semantic version such as 1.4.0 or 2.0.0-beta.1";

    /// <summary>Reads <c>1.2.3</c>, <c>1.2.3-rc.1</c>, <c>1.2.3+build</c>; nothing shorter, no leading v, no leading zeros.</summary>
    public static bool TryParse(string? text, out SemanticVersion version)
    {
        version = default;
        if (text is null || text.Length is 0 or > MaxLength)
        {
            return false;
        }

        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var core = plus < 0 ? text : text[..plus];
        if (plus >= 0 && !AreIdentifiers(text[(plus + 1)..], zeros: true))
        {
            return false;
        }

        var hyphen = core.IndexOf('-', StringComparison.Ordinal);
        var prerelease = hyphen < 0 ? "" : core[(hyphen + 1)..];
        if (hyphen >= 0 && !AreIdentifiers(prerelease, zeros: false))
        {
            return false;
        }

        var numbers = (hyphen < 0 ? core : core[..hyphen]).Split('.');
        if (numbers.Length != 3 || !TryNumber(numbers[0], out var major) || !TryNumber(numbers[1], out var minor) || !TryNumber(numbers[2], out var patch))
        {
            return false;
        }

        version = new SemanticVersion(major, minor, patch, prerelease);
        return true;
    }

    /// <summary>One of the three numbers: no sign, no leading zero.</summary>
    public static bool TryNumber(string text, out int number)
    {
        number = 0;
        return text.Length is > 0 and <= 9 && (text.Length == 1 || text[0] != '0') && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    public int CompareTo(SemanticVersion other)
    {
        var core = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return core != 0 ? core : Compare(Prerelease, other.Prerelease);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(Prerelease.Length > 0 ? "-" : "")}{Prerelease}");

    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    private static int Compare(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            // A release comes after what led to it.
            return right.Length.CompareTo(left.Length);
        }

        var (a, b) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var (isA, isB) = (TryNumber(a[i], out var x), TryNumber(b[i], out var y));
            var order = isA && isB ? x.CompareTo(y) : isA ? -1 : isB ? 1 : string.CompareOrdinal(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static bool AreIdentifiers(string text, bool zeros) => Array.TrueForAll(
        text.Split('.'),
        part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && (zeros || part.Length == 1 || part[0] != '0' || !part.All(char.IsAsciiDigit)));
}
