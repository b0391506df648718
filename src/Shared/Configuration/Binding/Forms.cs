using System.Text.RegularExpressions;
using McpPlatform.Configuration.Model;

namespace McpPlatform.Configuration.Binding;

/// <summary>The rules of texts. Those of the services, which check again, are the same; here they are told with the line.</summary>
internal static partial class Forms
{
    /// <summary>As JSON Schema writes it; null = any text of one line.</summary>
    public static string? Pattern(Form form) => form switch
    {
        Form.Slug => "^[a-z0-9](?:_?[a-z0-9-]){0,61}[a-z0-9]$|^[a-z0-9]$",
        Form.SlugPattern => "^[a-z0-9*](?:_?[a-z0-9*-]){0,61}[a-z0-9*]$|^[a-z0-9*]$",
        Form.Intent => "^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$",
        Form.Url => "^https?://[^\\s#]+$",
        Form.HeaderName => "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$",
        Form.VariableName => "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
        Form.LauncherName => "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        Form.RoleName => "^[a-z0-9][a-z0-9_-]{0,62}$",
        _ => null,
    };

    public static string Rule(Form form) => form switch
    {
        Form.Slug => "Write 1 to 63 of a-z, 0-9, '-' and single '_', starting and ending with a letter or digit.",
        Form.SlugPattern => "Write the slug of a server, with * for any text if several are meant.",
        Form.Intent => "Write 1 to 63 of a-z, 0-9, '.', '-' and '_', starting and ending with a letter or digit.",
        Form.Url => "Write an absolute http or https address without user name, password and fragment; credentials belong into headers.",
        Form.HeaderName => "Write a name such as Authorization; the transport's own (Host, Content-Length, Mcp-…) cannot be set.",
        Form.HeaderValue => "Write visible ASCII characters on one line.",
        Form.VariableName => "Write letters, digits and '_', not starting with a digit.",
        Form.LauncherName => "Write 1 to 63 letters, digits, '-', '_' and '.', starting with a letter or digit.",
        Form.RoleName => "Write 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter or digit.",
        Form.Lines => "Write a text.",
        _ => "Write it on one line, without control characters.",
    };

    public static bool Fits(Form form, string text) => form == Form.Lines ? !text.Contains('\0', StringComparison.Ordinal) : !text.Any(c => char.IsControl(c) && (form == Form.Any || c != '\t')) && !Invisible().IsMatch(text) && form switch
    {
        Form.Url => IsUrl(text),
        Form.HeaderName => Regex.IsMatch(text, Pattern(form)!, RegexOptions.NonBacktracking) && !Own.Contains(text),
        Form.HeaderValue => text.Length <= 8192 && text.All(c => c is '\t' or (>= ' ' and <= '~')),
        Form.Slug or Form.SlugPattern => Regex.IsMatch(text, Pattern(form)!, RegexOptions.NonBacktracking) && !text.Contains("__", StringComparison.Ordinal),
        _ => Pattern(form) is not { } pattern || Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking),
    };

    // What the transport sets itself.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-encoding", "content-length", "content-type", "accept", "expect", "host", "keep-alive", "last-event-id", "mcp-method", "mcp-name",
        "mcp-protocol-version", "mcp-session-id", "origin", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "traceparent", "tracestate",
    };

    private static bool IsUrl(string text) =>
        text.Length is > 0 and <= 2048
        && !text.Any(char.IsWhiteSpace)
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.UserInfo.Length == 0 && url.Fragment.Length == 0 && url.Host.Length > 0;

    // Directions, joiners, marks: they make a text look like another one.
    [GeneratedRegex(@"[\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]")]
    private static partial Regex Invisible();
}
