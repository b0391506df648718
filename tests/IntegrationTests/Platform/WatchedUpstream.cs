using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A modern MCP server (2026-07-28) whose resources are watched: it keeps every <c>subscriptions/listen</c>, and acknowledges each when the test lets it.</summary>
internal sealed class WatchedUpstream : IAsyncDisposable
{
    private readonly int _port = Shell.FreePorts(1)[0];
    private WebApplication _app = null!;

    public Uri Address => new($"http://127.0.0.1:{_port}/mcp");

    /// <summary>Every subscription that came, over or not, in order.</summary>
    public ConcurrentQueue<Subscription> Subscriptions { get; } = new();

    /// <summary>What a subscription waits for before it is acknowledged.</summary>
    public Func<Subscription, Task> BeforeAcknowledging { get; set; } = _ => Task.CompletedTask;

    public static async Task<WatchedUpstream> Start()
    {
        var upstream = new WatchedUpstream();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, upstream._port));
        upstream._app = builder.Build();
        upstream._app.MapPost("/mcp", upstream.Answer);
        await upstream._app.StartAsync();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        var message = (await JsonNode.ParseAsync(context.Request.Body))!;
        if (message["id"] is not { } id)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
        switch (message["method"]!.GetValue<string>())
        {
            case "subscriptions/listen":
                await Listen(context, id, message["params"]!);
                return;
            case "server/discover":
                answer["result"] = JsonNode.Parse("""
                    {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},"resources":{"subscribe":true}},
                     "serverInfo":{"name":"watched","version":"1"},"ttlMs":0,"cacheScope":"private"}
                    """);
                break;
            case "tools/list":
                answer["result"] = JsonNode.Parse("""{"resultType":"complete","tools":[{"name":"look","inputSchema":{"type":"object"}}],"ttlMs":0,"cacheScope":"private"}""");
                break;
            case "resources/list":
                answer["result"] = JsonNode.Parse("""{"resultType":"complete","resources":[{"uri":"note://1","name":"1"},{"uri":"note://2","name":"2"}],"ttlMs":0,"cacheScope":"private"}""");
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Unknown method" };
                break;
        }

        await context.Response.WriteAsJsonAsync(answer);
    }

    private async Task Listen(HttpContext context, JsonNode id, JsonNode parameters)
    {
        var subscription = new Subscription(context.Response, id.DeepClone(), parameters["notifications"]!.DeepClone());
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync();
        Subscriptions.Enqueue(subscription);
        await BeforeAcknowledging(subscription);
        await subscription.Send("notifications/subscriptions/acknowledged", new JsonObject { ["notifications"] = subscription.Wanted.DeepClone() });
        subscription.IsAcknowledged = true;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
        subscription.IsOver = true;
    }

    /// <summary>One of them, to which anybody may write.</summary>
    internal sealed class Subscription(HttpResponse response, JsonNode id, JsonNode wanted)
    {
        private readonly Lock _gate = new();
        private Task _last = Task.CompletedTask;

        /// <summary>What it asked for (<c>params.notifications</c>).</summary>
        public JsonNode Wanted => wanted;

        /// <summary>Whether it has been told that it is heard.</summary>
        public bool IsAcknowledged { get; set; }

        public bool IsOver { get; set; }

        public Task Updated(string uri) => Send("notifications/resources/updated", new JsonObject { ["uri"] = uri });

        internal Task Send(string method, JsonObject parameters)
        {
            parameters["_meta"] = new JsonObject { ["io.modelcontextprotocol/subscriptionId"] = id.DeepClone() };
            var message = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters };
            lock (_gate)
            {
                return _last = Write(_last, $"data: {message.ToJsonString()}\n\n");
            }
        }

        /// <summary>Messages follow each other, whoever sends them.</summary>
        private async Task Write(Task before, string text)
        {
            await before;
            await response.WriteAsync(text);
            await response.Body.FlushAsync();
        }
    }
}
