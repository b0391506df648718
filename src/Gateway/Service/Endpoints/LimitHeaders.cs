using McpPlatform.Gateway.Limits;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// Tells clients what they have left before it is too late: of the limit that has least left, the key's or that of server or tool. The two fields of
/// draft-ietf-httpapi-ratelimit-headers-10, and the three that came before them.
/// </summary>
internal static class LimitHeaders
{
    /// <summary>Sets them, instead of those that were set before. Too late once the answer has begun: then those stay.</summary>
    public static void Set(HttpContext http, in LimitUse use)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        var (text, left) = (use.Terms.Text, use.Terms.Text.At(use.Left));
        var headers = http.Response.Headers;
        headers["RateLimit-Policy"] = text.Policy;
        headers["RateLimit"] = left.RateLimit;
        headers["RateLimit-Limit"] = text.Quota;
        headers["RateLimit-Remaining"] = left.Remaining;
        headers["RateLimit-Reset"] = left.Reset;
    }
}
