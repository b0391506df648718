using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Gateway.Redaction;

/// <summary>Secrets known by value: the credentials sent to one upstream. Whatever an upstream echoes of them is found in any text.</summary>
public sealed class KnownSecrets
{
    /// <summary>Shorter values would redact ordinary words.</summary>
    private const int MinLength = 6;

    /// <summary>After a scheme ("Bearer …") a shorter part is no credential.</summary>
    private const int MinPartLength = 12;

    private readonly string[] _values;
    private readonly byte[][] _credentials;
    private readonly SearchValues<string> _search;

    /// <param name="values">In clear. Values under six characters are left out.</param>
    public KnownSecrets(IEnumerable<string> values)
        : this(values.Select(static value => KeyValuePair.Create("", value)))
    {
    }

    /// <param name="named">
    /// Name and value in clear. What has a name of credentials is one, and of "Bearer x", <c>x</c> is as well; whatever else an operator sends along (a project, a
    /// region) is an ordinary word in answers.
    /// </param>
    public KnownSecrets(IEnumerable<KeyValuePair<string, string>> named)
    {
        var (all, credentials) = (new List<string>(), new List<string>());
        foreach (var (name, value) in named)
        {
            var isCredential = SensitiveNames.Matches(name);
            (isCredential ? credentials : all).AddRange(isCredential ? WithoutScheme(value) : [value]);
        }

        _values = InOrder([.. all, .. credentials]);
        _search = SearchValues.Create(_values, StringComparison.Ordinal);
        _credentials = [.. InOrder(credentials).SelectMany(Encodings).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
    }

    public static KnownSecrets None { get; } = new(Array.Empty<string>());

    /// <summary>Whether <see cref="Conceal"/> has anything to look for.</summary>
    public bool HasCredentials => _credentials.Length > 0;

    /// <summary>
    /// Overwrites every known credential in a JSON text with asterisks, byte for byte, so that the text stays as long and as valid as it was: a server that sends back what
    /// it was called with must not hand the platform's credential to a caller. Costs nothing where a server has no credential.
    /// </summary>
    /// <param name="json">In memory that is the caller's to change.</param>
    public void Conceal(ReadOnlyMemory<byte> json)
    {
        foreach (var secret in _credentials)
        {
            var rest = MemoryMarshal.AsMemory(json).Span;
            for (var at = rest.IndexOf(secret); at >= 0; at = rest.IndexOf(secret))
            {
                rest.Slice(at, secret.Length).Fill((byte)'*');
                rest = rest[(at + secret.Length)..];
            }
        }
    }

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

    /// <summary>Longest first, as <see cref="Find"/> needs them.</summary>
    private static string[] InOrder(List<string> values) =>
        [.. values.Where(value => value.Length >= MinLength).Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length)];

    private static IEnumerable<string> WithoutScheme(string value)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && value.Length - space > MinPartLength ? [value, value[(space + 1)..]] : [value];
    }

    /// <summary>The ways in which common serialisers write it inside a JSON string: as it is where nothing needs an escape, escaped as little or as much as they do.</summary>
    private static IEnumerable<string> Encodings(string value)
    {
        var least = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return [least, least.Replace("/", "\\/", StringComparison.Ordinal), JsonEncodedText.Encode(value).Value];
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
