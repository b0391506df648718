using System.Buffers;

namespace McpPlatform.Gateway.Redaction;

/// <summary>
/// Which member, header, variable and parameter names hold secrets. Names are compared without case, <c>-</c>, <c>_</c>, <c>.</c> and spaces, so that
/// <c>X-Api-Key</c>, <c>api_key</c> and <c>apiKey</c> are one name.
/// </summary>
public static class SensitiveNames
{
    /// <summary>Longer names are judged by their first 256 characters.</summary>
    private const int MaxLength = 256;

    private static readonly SearchValues<char> Ignored = SearchValues.Create("-_. ");

    private static readonly SearchValues<string> Fragments = SearchValues.Create(
        [
            "authorization", "cookie", "apikey", "accesskey", "token", "secret", "password", "passphrase", "passwd", "credential",
            "connectionstring", "sessionid", "requeststate", "codeverifier",
        ],
        StringComparison.Ordinal);

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Exact =
        new HashSet<string>(StringComparer.Ordinal) { "pwd", "code", "assertion", "clientassertion", "dsn", "sas", "signature", "sig" }
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Counts of language-model tokens: numbers under these names are no secrets.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Counts =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "tokens", "maxtokens", "inputtokens", "outputtokens", "totaltokens", "prompttokens", "completiontokens", "cachedtokens", "reasoningtokens",
        }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a value of this name must not be kept.</summary>
    public static bool Matches(ReadOnlySpan<char> name)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        var text = buffer[..Normalise(name, buffer)];
        return text.ContainsAny(Fragments) || Exact.Contains(text) || IsPrivateKey(text)
            || text.StartsWith("xamz", StringComparison.Ordinal) || text.StartsWith("mcpparam", StringComparison.Ordinal);
    }

    /// <summary>Whether a number of this name is kept although the name matches: a count of tokens, or a status code.</summary>
    public static bool KeepsNumbers(ReadOnlySpan<char> name)
    {
        Span<char> buffer = stackalloc char[MaxLength];
        var text = buffer[..Normalise(name, buffer)];
        return text is "code" || Counts.Contains(text);
    }

    private static bool IsPrivateKey(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf("private", StringComparison.Ordinal);
        return at >= 0 && text[at..].Contains("key", StringComparison.Ordinal);
    }

    private static int Normalise(ReadOnlySpan<char> name, Span<char> target)
    {
        var length = 0;
        foreach (var c in name)
        {
            if (Ignored.Contains(c))
            {
                continue;
            }

            if (length == target.Length)
            {
                break;
            }

            target[length++] = char.ToLowerInvariant(c);
        }

        return length;
    }
}
