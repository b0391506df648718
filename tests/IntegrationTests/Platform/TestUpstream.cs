using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// An MCP server over Streamable HTTP (2025-11-25, with a session) that remembers what it received. Tools: <c>echo</c> (answers its <c>text</c>),
/// <c>delete_thing</c>, <c>slow</c> (waits <c>ms</c>).
/// </summary>
internal sealed class TestUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestUpstream(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Method, string? Tool, string? Authorization, string? Custom)> Received { get; } = new();

    /// <summary>Every message as it came, with its trace headers.</summary>
    public ConcurrentQueue<UpstreamMessage> Messages { get; } = new();

    public Uri Address { get; private set; } = null!;

    public int Calls(string tool) => Received.Count(r => r.Method == "tools/call" && r.Tool == tool);

    public static async Task<TestUpstream> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var upstream = new TestUpstream(builder.Build());
        upstream._app.MapPost("/mcp", upstream.Answer);
        await upstream._app.StartAsync();
        upstream.Address = new Uri(upstream._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/mcp");
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var message = await JsonNode.ParseAsync(context.Request.Body);
        var method = message!["method"]!.GetValue<string>();
        var tool = message["params"]?["name"]?.GetValue<string>();
        Received.Enqueue((method, tool, context.Request.Headers.Authorization.ToString(), context.Request.Headers["X-Upstream-Token"].ToString()));
        Messages.Enqueue(new UpstreamMessage(message, context.Request.Headers.TraceParent, context.Request.Headers.TraceState, context.Request.Headers.Baggage));
        if (message["id"] is not { } id)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        JsonNode? result = method switch
        {
            "initialize" => Initialize(context),
            "tools/list" => JsonNode.Parse("""
                {"tools":[
                  {"name":"echo","description":"Answers its text.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}},"annotations":{"readOnlyHint":true}},
                  {"name":"delete_thing","description":"Deletes a thing.","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"amount":{"type":"number"}}}},
                  {"name":"slow","description":"Waits.","inputSchema":{"type":"object","properties":{"ms":{"type":"integer"}}}}]}
                """),
            "tools/call" => await Call(tool, message["params"]!["arguments"], context.RequestAborted),
            _ => null,
        };
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
        if (result is null)
        {
            answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Unknown method" };
        }
        else
        {
            answer["result"] = result;
        }

        await context.Response.WriteAsJsonAsync(answer);
    }

    private static JsonNode Initialize(HttpContext context)
    {
        context.Response.Headers["Mcp-Session-Id"] = Guid.NewGuid().ToString("n");
        return JsonNode.Parse("""{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"test-upstream","version":"1"}}""")!;
    }

    private static async Task<JsonNode> Call(string? tool, JsonNode? arguments, CancellationToken cancelled)
    {
        if (tool == "slow")
        {
            await Task.Delay(arguments?["ms"]?.GetValue<int>() ?? 0, cancelled);
        }

        var text = tool == "echo" ? arguments?["text"]?.GetValue<string>() ?? "" : $"{tool} done";
        return new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) };
    }
}

/// <summary>A message that an upstream got, and the headers that trace it.</summary>
internal sealed record UpstreamMessage(JsonNode Body, string? TraceParent, string? TraceState, string? Baggage)
{
    public JsonNode? Meta => Body["params"]?["_meta"];
}
