using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// An MCP server that takes exactly what its schema says, and survives the rest: <c>echo</c> with one <c>text</c>. Its other tool, <c>danger</c>, says that it ran.
/// </summary>
internal sealed class StrictUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StrictUpstream(WebApplication app, int port) => (_app, Address) = (app, new Uri($"http://127.0.0.1:{port}/mcp"));

    public Uri Address { get; }

    public static async Task<StrictUpstream> Start()
    {
        var port = Shell.FreePorts(1)[0];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.MapPost("/mcp", Answer);
        await app.StartAsync();
        return new StrictUpstream(app, port);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Raw JSON in and out: what is malformed in a message must not break the test's own side.
    private static async Task Answer(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body, new JsonDocumentOptions { MaxDepth = 1000 });
        var message = document.RootElement;
        if (!message.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var answer = message.GetProperty("method").GetString() switch
        {
            "initialize" => """
                "result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"strict","version":"1"}}
                """,
            "tools/list" => """
                "result":{"tools":[
                  {"name":"echo","description":"Takes a text.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}},
                  {"name":"danger","description":"Nobody may.","inputSchema":{"type":"object"}}]}
                """,
            "tools/call" => Call(message.GetProperty("params")),
            _ => """
                "error":{"code":-32601,"message":"Unknown method"}
                """,
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},{{answer}}}""");
    }

    private static string Call(JsonElement parameters)
    {
        var said = parameters.GetProperty("name").ValueEquals("danger") ? "DANGER-RAN" : TakesArguments(parameters) ? "Taken." : null;
        return $$"""
            "result":{"content":[{"type":"text","text":"{{said ?? "The arguments are not what the schema says."}}"}],"isError":{{(said is null ? "true" : "false")}}}
            """;
    }

    private static bool TakesArguments(JsonElement parameters) =>
        parameters.TryGetProperty("arguments", out var arguments) && arguments.ValueKind == JsonValueKind.Object
        && arguments.EnumerateObject().Count() == 1 && arguments.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String;
}
