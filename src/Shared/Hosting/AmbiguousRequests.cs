using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace McpPlatform.Hosting;

/// <summary>
/// Refuses management requests that two readers could take for two different things: a proxy that lets through by path or looks into bodies, and this server.
/// </summary>
internal static class AmbiguousRequests
{
    public static Task Use(HttpContext context, RequestDelegate next) => Refusal(context) is { } refusal ? context.WriteError(refusal) : next(context);

    /// <summary>
    /// 400 for dot segments, percent-encoded or not: the server resolves them before it routes, so that <c>/servers/../keys</c> would be the keys. 415 for a
    /// text in anything but UTF-8: the framework would recode it, and throws for encodings that it does not know.
    /// </summary>
    internal static Error? Refusal(HttpContext context) =>
        HasDotSegment(context.Features.Get<IHttpRequestFeature>()?.RawTarget) ? Error.Invalid("request.path", "The address holds a segment '.' or '..'. Send it as it is meant.")
        : !IsUtf8(context.Request.ContentType) ? new Error(ErrorKind.UnsupportedMediaType, "request.media_type", "Send the body in UTF-8.")
        : null;

    private static bool HasDotSegment(ReadOnlySpan<char> target)
    {
        target = target.IndexOf('?') is >= 0 and var query ? target[..query] : target;
        foreach (var range in target.Split('/'))
        {
            if (IsDots(target[range]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDots(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (segment.Length > 0 && dots < 3)
        {
            var length = segment[0] == '.' ? 1 : segment.StartsWith("%2e", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            if (length == 0)
            {
                return false;
            }

            segment = segment[length..];
            dots++;
        }

        return dots is 1 or 2;
    }

    private static bool IsUtf8(string? contentType) =>
        !MediaTypeHeaderValue.TryParse(contentType, out var type)
        || HeaderUtilities.RemoveQuotes(type.Charset) is not { Length: > 0 } charset
        || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}
