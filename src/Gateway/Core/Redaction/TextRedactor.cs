using System.Buffers;
using System.Text;

namespace McpPlatform.Gateway.Redaction;

/// <summary>
/// Finds secrets in free text by their form: known prefixes, JWTs, PEM blocks, credentials in URLs, <c>name=value</c> and <c>name: value</c> pairs of
/// sensitive names, and exact matches of known values. One pass, no regular expressions: the text comes from strangers.
/// </summary>
internal static class TextRedactor
{
    public const string Mask = "***";

    private static readonly SearchValues<string> Triggers = SearchValues.Create(
        [
            "eyJ", "sk-", "sk_", "rk_", "pk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_", "AKIA", "ASIA", "AIza",
            "xoxb-", "xoxp-", "xoxa-", "xoxs-", "mcpp_", "-----BEGIN", "Bearer ", "Basic ", ":", "=",
        ],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static readonly SearchValues<char> JwtCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    private static readonly SearchValues<char> CredentialCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+/=");

    private static readonly SearchValues<char> AuthorityStops = SearchValues.Create(" /?#\"'<>\\\r\n\t");

    /// <summary>The text without its secrets, or null when it has none.</summary>
    /// <param name="cut">True when the text goes on beyond its end: what begins like a secret there is one.</param>
    public static string? Redact(ReadOnlySpan<char> text, in RedactionScope scope, bool cut)
    {
        if (cut && CutSecret(text, scope) is >= 0 and var head)
        {
            return string.Concat(Redact(text[..head], scope, cut: false) ?? text[..head], Mask);
        }

        StringBuilder? output = null;
        var copied = 0;
        var position = 0;
        while (position < text.Length && Next(text, position, scope, cut, out var found))
        {
            if (found.Length > 0)
            {
                output ??= new StringBuilder(text.Length);
                output.Append(text[copied..found.Start]).Append(Mask);
                copied = found.Start + found.Length;
            }

            position = found.Resume;
        }

        return output?.Append(text[copied..]).ToString();
    }

    /// <summary>Whether <see cref="Redact"/> would find nothing in a whole text.</summary>
    public static bool IsClean(ReadOnlySpan<char> text, in RedactionScope scope)
    {
        var position = 0;
        while (position < text.Length && Next(text, position, scope, cut: false, out var found))
        {
            if (found.Length > 0)
            {
                return false;
            }

            position = found.Resume;
        }

        return true;
    }

    private static int CutSecret(ReadOnlySpan<char> text, in RedactionScope scope)
    {
        var known = scope.Known?.FindCut(text) ?? -1;
        var own = scope.Credential is { } credential ? KnownSecrets.FindCut(text, credential) : -1;
        return known < 0 || (own >= 0 && own < known) ? own : known;
    }

    /// <summary>The next place worth a look: a secret (length above 0), or a false alarm after which the search resumes.</summary>
    private static bool Next(ReadOnlySpan<char> text, int position, in RedactionScope scope, bool cut, out Found found)
    {
        var rest = text[position..];
        var best = -1;
        var length = 0;
        if (scope.Credential is { Length: > 0 } credential)
        {
            (best, length) = (rest.IndexOf(credential, StringComparison.Ordinal), credential.Length);
        }

        if (scope.Known is not null)
        {
            var at = scope.Known.Find(rest, out var knownLength);
            if (at >= 0 && (best < 0 || at < best))
            {
                (best, length) = (at, knownLength);
            }
        }

        var trigger = rest.IndexOfAny(Triggers);
        if (best >= 0 && (trigger < 0 || best <= trigger))
        {
            found = new Found(position + best, length, position + best + length);
            return true;
        }

        if (trigger < 0)
        {
            found = default;
            return false;
        }

        found = Examine(text, position + trigger, cut);
        return true;
    }

    private static Found Examine(ReadOnlySpan<char> text, int at, bool cut)
    {
        var rest = text[at..];
        if (rest.StartsWith("://", StringComparison.Ordinal))
        {
            return UrlCredentials(text, at);
        }

        if (rest[0] is ':' or '=')
        {
            return KeyedSecret.Examine(text, at);
        }

        if (rest.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            return Pem(text, at);
        }

        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]))
        {
            return Found.Nothing(at + 1);
        }

        if (rest.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("basic ", StringComparison.OrdinalIgnoreCase))
        {
            var start = at + rest.IndexOf(' ') + 1;
            return Run(text, start, start, CredentialCharacters, 8, cut);
        }

        if (rest.StartsWith("eyJ", StringComparison.Ordinal))
        {
            var run = Run(text, at, at, JwtCharacters, 20, cut);
            return run.Length > 0 && (text.Slice(run.Start, run.Length).Contains('.') || (cut && run.Resume == text.Length)) ? run : Found.Nothing(at + 3);
        }

        if (rest.StartsWith("AKIA", StringComparison.Ordinal) || rest.StartsWith("ASIA", StringComparison.Ordinal))
        {
            return Run(text, at, at, TokenCharacters, 20, cut);
        }

        return Run(text, at, at, TokenCharacters, rest.StartsWith("mcpp_", StringComparison.OrdinalIgnoreCase) ? 9 : 19, cut);
    }

    /// <summary>A run of characters, when it is long enough to be a secret.</summary>
    private static Found Run(ReadOnlySpan<char> text, int start, int from, SearchValues<char> characters, int minLength, bool cut)
    {
        var length = text[from..].IndexOfAnyExcept(characters);
        length = length < 0 ? text.Length - from : length;
        var reachesEnd = cut && from + length == text.Length;
        return length >= minLength || reachesEnd ? new Found(start, length, from + length) : Found.Nothing(start + 1);
    }

    private static Found UrlCredentials(ReadOnlySpan<char> text, int at)
    {
        var authority = text[(at + 3)..];
        var end = authority.IndexOfAny(AuthorityStops);
        authority = end < 0 ? authority : authority[..end];
        var sign = authority.LastIndexOf('@');
        return sign > 0 ? new Found(at + 3, sign, at + 3 + sign) : Found.Nothing(at + 3);
    }

    private static Found Pem(ReadOnlySpan<char> text, int at)
    {
        var end = text[at..].IndexOf("-----END", StringComparison.Ordinal);
        if (end < 0)
        {
            return new Found(at, text.Length - at, text.Length);
        }

        var afterEnd = at + end + "-----END".Length;
        var close = text[afterEnd..].IndexOf("-----", StringComparison.Ordinal);
        var stop = close < 0 ? text.Length : afterEnd + close + 5;
        return new Found(at, stop - at, stop);
    }
}

/// <summary>A secret within a text (length 0 = none), and where to go on looking.</summary>
internal readonly record struct Found(int Start, int Length, int Resume)
{
    public static Found Nothing(int resume) => new(0, 0, resume);
}
