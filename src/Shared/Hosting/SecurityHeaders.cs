using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting;

/// <summary>Headers for every answer: nothing is sniffed, framed, cached or leaked as a referrer. The Swagger page alone may run its own scripts.</summary>
internal static class SecurityHeaders
{
    private const string Api = "default-src 'none'; frame-ancestors 'none'";
    private const string Page = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

    public static Task Use(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/swagger") ? Page : Api;
        headers.CacheControl = "no-store";
        return next(context);
    }
}
