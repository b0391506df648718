using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace McpPlatform.Net;

/// <summary>
/// Reads an address that someone typed or sent. Stricter than <see cref="Uri"/>, which mends what it should refuse: browsers, name servers and
/// proxies mend differently, and the difference is where requests get smuggled.
/// </summary>
public static class HttpTarget
{
    private const int MaxLength = 2048;
    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._[]:");

    /// <summary>Reads an absolute http or https address.</summary>
    /// <returns>False with a <paramref name="problem"/> for people when it is not one, carries a user name, a backslash, spaces, control or look-alike characters, or is longer than 2048.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? target, [NotNullWhen(false)] out string? problem)
    {
        target = null;
        problem = Problem(text, ref target);
        return problem is null;
    }

    private static string? Problem(string? text, ref Uri? target)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return $"The address must have 1 to {MaxLength} characters.";
        }

        if (text.Any(c => c is <= ' ' or '\\' or (>= '\u007F' and <= '\u00A0')))
        {
            return "The address must not contain spaces, backslashes or control characters.";
        }

        var scheme = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        if (scheme == 0)
        {
            return "The address must start with http:// or https://.";
        }

        var end = text.AsSpan(scheme).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? text.AsSpan(scheme) : text.AsSpan(scheme, end);
        if (authority.ContainsAnyExcept(HostCharacters))
        {
            return "The host must be plain ASCII (punycode for other alphabets), without user name, percent signs or braces.";
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Port is < 1 or > 65535 || uri.UserInfo.Length > 0)
        {
            return "The address has no valid host and port.";
        }

        target = uri;
        return null;
    }
}
