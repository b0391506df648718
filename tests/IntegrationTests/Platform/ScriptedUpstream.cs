using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// An MCP server that does with a call what the test says, and can go away and come back on its port. Tools: <c>safe</c> (read-only) and <c>unsafe</c>; the
/// default answer names the port. Other methods answer as <see cref="Results"/> says.
/// </summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private WebApplication? _app;
    private int _calls;

    private ScriptedUpstream(int port) => Port = port;

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/mcp");

    /// <summary>Calls received, whatever became of them.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Methods received, calls included.</summary>
    public ConcurrentQueue<string> Methods { get; } = new();

    /// <summary>Results by method, made of the request's parameters; before the defaults. Fill it before the server is registered.</summary>
    public Dictionary<string, Func<JsonNode?, JsonNode?>> Results { get; } = [];

    /// <summary>What happens to a call; true when that is all, false for the default answer.</summary>
    public Func<HttpContext, Task<bool>> OnCall { get; set; } = _ => Task.FromResult(false);

    /// <summary>When the connection of the last call that hung was given up, as a <see cref="Stopwatch"/> timestamp.</summary>
    public TaskCompletionSource<long> GivenUp { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a call hangs.</summary>
    public TaskCompletionSource Hanging { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ScriptedUpstream> Start()
    {
        var upstream = new ScriptedUpstream(Shell.FreePorts(1)[0]);
        await upstream.Listen();
        return upstream;
    }

    public async Task Listen()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.MapPost("/mcp", Answer);
        await _app.StartAsync();
    }

    /// <summary>Gone, connections and all.</summary>
    public async Task Kill()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Answers every call with a status.</summary>
    public void Refuses(int status, string? retryAfter = null) => OnCall = context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.FromResult(true);
    };

    /// <summary>Hangs every call: before the head, after it, or after a piece of the answer.</summary>
    public void Hangs(string phase)
    {
        GivenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        OnCall = async context =>
        {
            if (phase != "headers")
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.StartAsync();
                await context.Response.WriteAsync(phase == "mid-stream" ? ": alive\n\n" : "");
                await context.Response.Body.FlushAsync();
            }

            Hanging.TrySetResult();
            var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            GivenUp.TrySetResult(Stopwatch.GetTimestamp());
            return true;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await Kill();
        }
    }

    private async Task Answer(HttpContext context)
    {
        var message = await JsonNode.ParseAsync(context.Request.Body);
        var method = message!["method"]!.GetValue<string>();
        Methods.Enqueue(method);
        if (message["id"] is not { } id)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (method == "tools/call")
        {
            Interlocked.Increment(ref _calls);
            if (await OnCall(context))
            {
                return;
            }
        }

        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
        var result = Results.TryGetValue(method, out var made) ? made(message["params"]) : method switch
        {
            "initialize" => JsonNode.Parse("""{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"scripted","version":"1"}}"""),
            "tools/list" => JsonNode.Parse("""
                {"tools":[
                  {"name":"safe","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}},
                  {"name":"unsafe","inputSchema":{"type":"object"}}]}
                """),
            "tools/call" => new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"{Port}" }) },
            "ping" => new JsonObject(),
            _ => null,
        };
        answer[result is null ? "error" : "result"] = result ?? new JsonObject { ["code"] = -32601, ["message"] = "Unknown method" };
        await context.Response.WriteAsJsonAsync(answer);
    }
}
