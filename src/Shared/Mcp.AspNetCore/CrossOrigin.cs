using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// What a browser has to be told before a page of an allowed origin may ask, and see the answer (Fetch, CORS protocol). Origins are named one by one, never <c>*</c>, and
/// browsers send no credentials of their own: a page has to have a key.
/// </summary>
internal static class CrossOrigin
{
    /// <summary>Headers of answers that clients read.</summary>
    private const string Exposed = "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Cache-Status, Age, Location, ETag, Deprecation, Sunset, Link, X-Request-Id";

    /// <summary>Marks the answer for the page. True: it was the browser's own question (preflight), and is answered.</summary>
    public static bool Answer(HttpContext http)
    {
        var (request, headers) = (http.Request, http.Response.Headers);
        headers.AccessControlAllowOrigin = request.Headers.Origin;
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(request.Method) || request.Headers.AccessControlRequestMethod.Count == 0)
        {
            headers.AccessControlExposeHeaders = Exposed;
            return false;
        }

        // Whatever the page wants to send: arguments are mirrored into headers of any name (Mcp-Param-*).
        headers.AccessControlAllowMethods = "GET, POST, DELETE";
        headers.AccessControlAllowHeaders = request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
