using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>The least that any gateway on this stack costs: Kestrel in, HttpClient out, bytes and the headers of MCP passed on, nothing looked at.</summary>
internal static class Forwarder
{
    private static readonly string[] Passed = ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Accept"];

    public static void Map(WebApplication app, Uri target)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false });
        app.MapPost("/mcp", context => Forward(context, http, target));
        app.MapGet(ForwarderProcess.AllocatedPath, static context => context.Response.WriteAsync(GC.GetTotalAllocatedBytes().ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task Forward(HttpContext context, HttpClient http, Uri target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StreamContent(context.Request.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Content.Headers.ContentLength = context.Request.ContentLength;
        foreach (var name in Passed)
        {
            if (context.Request.Headers.TryGetValue(name, out var value))
            {
                request.Headers.TryAddWithoutValidation(name, (string?)value);
            }
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = response.Content.Headers.ContentLength;
        if (response.Headers.TryGetValues("Mcp-Session-Id", out var session))
        {
            context.Response.Headers["Mcp-Session-Id"] = session.First();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
