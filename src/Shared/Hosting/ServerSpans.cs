using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace McpPlatform.Hosting;

/// <summary>
/// ASP.NET's server spans arrive bare here; this names them by route, as OpenTelemetry's HTTP conventions say, once there is an answer: before routing, so that it
/// sees whatever routing runs by itself, and outside of the translation of errors, so that it sees the status that the caller gets.
/// </summary>
internal sealed class ServerSpans(RequestDelegate next)
{
    public Task Invoke(HttpContext context) => Activity.Current is { IsAllDataRequested: true } span ? Named(context, span) : next(context);

    private async Task Named(HttpContext context, Activity span)
    {
        await next(context);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        span.SetTag("http.request.method", context.Request.Method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
