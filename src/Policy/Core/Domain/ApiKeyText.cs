using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Kernel;

namespace McpPlatform.Policy.Domain;

/// <summary>
/// A whole API key: <c>mcpp_</c>, 8 hex digits that show which one it is, <c>_</c>, 256 random bits as base64url. Exists only while it is made and shown;
/// stored is its hash. A fast hash is right here: nobody guesses 256 bits.
/// </summary>
public sealed class ApiKeyText
{
    public const int PrefixLength = 13;
    public const int Length = PrefixLength + 1 + 43;

    private readonly SecretText _text;

    private ApiKeyText(string text)
    {
        _text = new SecretText(text);
        Prefix = text[..PrefixLength];
        LastFour = text[^4..];
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }

    /// <summary><c>mcpp_</c> and the 8 hex digits: safe to show.</summary>
    public string Prefix { get; }

    public string LastFour { get; }

    /// <summary>SHA-256 of the whole key, lower-case hex.</summary>
    public string Hash { get; }

    public static ApiKeyText New() =>
        new($"mcpp_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");

    /// <summary>Reads a key that was made elsewhere. False when it has another form.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        var isKey = text.Length == Length
            && text.StartsWith("mcpp_", StringComparison.Ordinal)
            && text[5..PrefixLength].All(char.IsAsciiHexDigitLower)
            && text[PrefixLength] == '_'
            && text[(PrefixLength + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        key = isKey ? new(text) : null;
        return isKey;
    }

    /// <summary>The key itself, to be shown once.</summary>
    public string Reveal() => _text.Reveal();

    public override string ToString() => $"{Prefix}_***";
}
