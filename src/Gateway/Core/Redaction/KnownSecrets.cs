using System.Buffers;

namespace McpPlatform.Gateway.Redaction;

/// <summary>Secrets known by value: the credentials sent to one upstream. Whatever an upstream echoes of them is found in any text.</summary>
public sealed class KnownSecrets
{
    /// <summary>Shorter values would redact ordinary words.</summary>
    private const int MinLength = 6;

    private readonly string[] _values;
    private readonly SearchValues<string> _search;

    /// <param name="values">In clear. Values under six characters are left out.</param>
    public KnownSecrets(IEnumerable<string> values)
    {
        _values = [.. values.Where(value => value.Length >= MinLength).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];
        _search = SearchValues.Create(_values, StringComparison.Ordinal);
    }

    public static KnownSecrets None { get; } = new([]);

    /// <summary>The first known secret in a text. Returns its position, or -1.</summary>
    internal int Find(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (_values.Length == 0)
        {
            return -1;
        }

        var at = text.IndexOfAny(_search);
        if (at >= 0)
        {
            // Longest first: a secret that is another one's prefix must not leave a tail behind.
            foreach (var value in _values)
            {
                if (text[at..].StartsWith(value, StringComparison.Ordinal))
                {
                    length = value.Length;
                    break;
                }
            }
        }

        return at;
    }

    /// <summary>Where the head of a known secret begins that a text's end cut off, or -1.</summary>
    internal int FindCut(ReadOnlySpan<char> text)
    {
        var first = -1;
        foreach (var value in _values)
        {
            var at = FindCut(text, value);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }

        return first;
    }

    /// <summary>The same for one secret. Fewer than four characters of it tell nothing and would mask ordinary words.</summary>
    internal static int FindCut(ReadOnlySpan<char> text, ReadOnlySpan<char> secret)
    {
        for (var length = Math.Min(secret.Length - 1, text.Length); length >= 4; length--)
        {
            if (text.EndsWith(secret[..length], StringComparison.Ordinal))
            {
                return text.Length - length;
            }
        }

        return -1;
    }
}

/// <summary>What one call adds to the general rules.</summary>
/// <param name="Credential">The caller's own credential; null when it sent none.</param>
/// <param name="Known">The credentials sent to the upstream.</param>
public readonly record struct RedactionScope(string? Credential, KnownSecrets? Known);
