using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Benchmarks.Sessions;

/// <summary>An MCP server of 2025-11-25 that remembers its clients: a session for each, with a standalone stream, until DELETE. It tells how many it has.</summary>
internal static class RememberingServer
{
    /// <summary>Where it tells how many sessions and streams it has: two numbers.</summary>
    public const string Count = "/count";

    public const string Tool = """{"name":"count","description":"Counts the calls of the session.","inputSchema":{"type":"object"}}""";

    public const string Capabilities = """{"tools":{},"logging":{}}""";

    private const string Session = "Mcp-Session-Id";

    private static readonly ConcurrentDictionary<string, int> Sessions = new();
    private static int _streams;

    public static void Map(WebApplication app)
    {
        app.MapPost("/mcp", Answer);
        app.MapGet("/mcp", Listen);
        app.MapDelete("/mcp", static context =>
        {
            context.Response.StatusCode = Sessions.TryRemove((string?)context.Request.Headers[Session] ?? "", out _) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.MapGet(Count, static context => context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{Sessions.Count} {Volatile.Read(ref _streams)}")));
    }

    private static async Task Answer(HttpContext context)
    {
        using var message = await JsonDocument.ParseAsync(context.Request.Body);
        var method = message.RootElement.GetProperty("method").GetString();
        var session = (string?)context.Request.Headers[Session] ?? "";
        if (method == "initialize")
        {
            context.Response.Headers[Session] = session = Guid.NewGuid().ToString("n");
            Sessions[session] = 0;
        }
        else if (!Sessions.ContainsKey(session))
        {
            // It speaks one era only: whatever comes without a session is none of it.
            context.Response.StatusCode = session.Length == 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            return;
        }

        if (!message.RootElement.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var result = method switch
        {
            "initialize" => $$"""{"protocolVersion":"2025-11-25","capabilities":{{Capabilities}},"serverInfo":{"name":"remembering","version":"1"} }""",
            "tools/list" => $$"""{"tools":[{{Tool}}]}""",
            "tools/call" => string.Create(CultureInfo.InvariantCulture, $$"""{"content":[{"type":"text","text":"call {{Sessions.AddOrUpdate(session, 1, static (_, calls) => calls + 1)}}"} ] }"""),
            _ => "{}",
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}""");
    }

    private static async Task Listen(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
        Interlocked.Increment(ref _streams);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _streams);
    }
}
