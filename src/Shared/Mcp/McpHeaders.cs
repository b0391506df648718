using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace McpPlatform.Mcp;

/// <summary>
/// The HTTP headers of Streamable HTTP, and the mirrored ones of MCP 2026-07-28. A mirrored value that is no visible ASCII travels as
/// <c>=?base64?…?=</c>: strict Base64 of its UTF-8.
/// </summary>
public static class McpHeaders
{
    /// <summary>Revision of the request.</summary>
    public const string ProtocolVersion = "MCP-Protocol-Version";

    /// <summary>Legacy session.</summary>
    public const string SessionId = "Mcp-Session-Id";

    /// <summary>Mirrors <c>method</c>.</summary>
    public const string Method = "Mcp-Method";

    /// <summary>Mirrors <c>params.name</c>, <c>params.uri</c> or <c>params.taskId</c>, see <see cref="McpMethods.MirroredParam"/>.</summary>
    public const string Name = "Mcp-Name";

    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    private static readonly SearchValues<char> Base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    /// <summary>
    /// Whether a header says <paramref name="expected"/>, white space around it aside and case-sensitively. An absent header and one that cannot be decoded
    /// never match.
    /// </summary>
    public static bool Matches(string? header, string? expected) =>
        header is not null && expected is not null && TryDecode(header, out var value) && string.Equals(value, expected, StringComparison.Ordinal);

    /// <summary>The value a header stands for. False when it has characters that a header may not have, or Base64 that is not strict or no UTF-8.</summary>
    public static bool TryDecode(string header, [NotNullWhen(true)] out string? value)
    {
        value = null;
        var text = header.AsSpan().Trim(" \t");
        if (text.ContainsAnyExcept(Printable))
        {
            return false;
        }

        if (!IsEncoded(text))
        {
            value = text.ToString();
            return true;
        }

        var base64 = text[Prefix.Length..^Suffix.Length];
        if (base64.Length % 4 != 0 || base64.ContainsAnyExcept(Base64))
        {
            return false;
        }

        var bytes = new byte[base64.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(base64, bytes, out var length) || !Utf8.IsValid(bytes.AsSpan(0, length)))
        {
            return false;
        }

        value = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    /// <summary>The form in which a value may travel: itself when it is plain and cannot be taken for the encoded form, else Base64.</summary>
    public static string Encode(string value)
    {
        var text = value.AsSpan();
        var plain = !text.ContainsAnyExceptInRange(' ', '~') && (text.IsEmpty || (text[0] != ' ' && text[^1] != ' ')) && !text.StartsWith(Prefix);
        return plain ? value : string.Concat(Prefix, Convert.ToBase64String(Encoding.UTF8.GetBytes(value)), Suffix);
    }

    private static SearchValues<char> Printable { get; } =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c), '\t']);

    private static bool IsEncoded(ReadOnlySpan<char> text) =>
        text.Length >= Prefix.Length + Suffix.Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text.EndsWith(Suffix, StringComparison.Ordinal);
}
