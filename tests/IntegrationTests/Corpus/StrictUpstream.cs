using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Corpus;

/// <summary>An MCP server that takes exactly what its schema says: <c>echo</c> with one <c>text</c>. Its other tool, <c>danger</c>, says that it ran.</summary>
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

    private static async Task Answer(HttpContext context)
    {
        var message = await JsonNode.ParseAsync(context.Request.Body);
        if (message!["id"] is not { } id)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        JsonNode? result = message["method"]!.GetValue<string>() switch
        {
            "initialize" => JsonNode.Parse("""{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"strict","version":"1"}}"""),
            "tools/list" => JsonNode.Parse("""
                {"tools":[
                  {"name":"echo","description":"Answers its text.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}},
                  {"name":"danger","description":"Nobody may.","inputSchema":{"type":"object"}}]}
                """),
            "tools/call" => Call(message["params"]!),
            _ => null,
        };
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
        answer[result is null ? "error" : "result"] = result ?? new JsonObject { ["code"] = -32601, ["message"] = "Unknown method" };
        await context.Response.WriteAsJsonAsync(answer);
    }

    private static JsonObject Call(JsonNode parameters)
    {
        if (parameters["name"]!.GetValue<string>() == "danger")
        {
            return Said("DANGER-RAN", isError: false);
        }

        return parameters["arguments"] is JsonObject { Count: 1 } arguments && arguments["text"] is JsonValue text && text.TryGetValue<string>(out var said)
            ? Said(said, isError: false)
            : Said("The arguments are not what the schema says.", isError: true);
    }

    private static JsonObject Said(string text, bool isError) =>
        new() { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }), ["isError"] = isError };
}
