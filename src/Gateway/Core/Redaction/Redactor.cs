using System.Text;

namespace McpPlatform.Gateway.Redaction;

/// <summary>
/// The one function that stands between what passes through the gateway and everything that keeps or shows it: call records, logs, error texts.
/// What it returns is bounded and holds no secret that has a sensitive name, a known form or a known value.
/// </summary>
public static class Redactor
{
    /// <summary>16 KiB: what a call record keeps of arguments and of a result.</summary>
    public const int DefaultMaxBytes = 16 * 1024;

    /// <summary>
    /// A JSON document without its secrets: valid JSON again, of at most <paramref name="maxBytes"/> bytes of UTF-8; where there is none and it fits, the document as it
    /// is. What does not fit is left out and a marker says so. Input that is not JSON comes back as one redacted JSON string.
    /// </summary>
    /// <param name="maxBytes">At least 256.</param>
    public static string Json(ReadOnlySpan<byte> json, in RedactionScope scope, int maxBytes = DefaultMaxBytes) =>
        json.Length <= maxBytes && CleanJson.Is(json, scope) ? Encoding.UTF8.GetString(json) : new JsonRedaction(scope, maxBytes).Run(json);

    /// <summary>Free text without its secrets, at most <paramref name="maxLength"/> characters.</summary>
    public static string Text(string text, in RedactionScope scope, int maxLength = 1024)
    {
        // Reading on beyond the bound would only matter for secrets that begin before it: "cut" treats those as secrets.
        var cut = text.Length > maxLength;
        var head = cut ? text.AsSpan(0, maxLength) : text;
        return TextRedactor.Redact(head, scope, cut) ?? (cut ? head.ToString() : text);
    }

    /// <summary>Bytes of unknown content as text, without secrets.</summary>
    internal static string Text(ReadOnlySpan<byte> utf8, in RedactionScope scope, int maxLength)
    {
        var head = utf8.Length > maxLength ? utf8[..maxLength] : utf8;
        var text = Encoding.UTF8.GetString(head);
        return TextRedactor.Redact(text, scope, utf8.Length > maxLength) ?? text;
    }
}
