using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>
/// An MCP server of one era over Streamable HTTP, raw JSON in and out, that keeps everything it got and does with each method what the test says. Without a say it knows the methods that
/// both eras need to begin with. What a client of its era must not send it is kept as a violation.
/// </summary>
internal sealed class WireUpstream : IAsyncDisposable
{
    private const string Capabilities = """
        {"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"completions":{},"logging":{}}
        """;

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, WireSession> _sessions = new();
    private readonly ConcurrentDictionary<WireStream, WireCall> _listening = new();
    private readonly CancellationTokenSource _end = new();
    private int _streams;

    private WireUpstream(WebApplication app, bool isModern, int port) => (_app, IsModern, Address) = (app, isModern, new Uri($"http://127.0.0.1:{port}/mcp"));

    public bool IsModern { get; }

    public Uri Address { get; }

    /// <summary>Every request that came, notifications and answers included.</summary>
    public ConcurrentQueue<WireCall> Received { get; } = new();

    /// <summary>What a client of this era must not do.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>By method, or <c>tools/call:name</c>; the raw result of a request.</summary>
    public ConcurrentDictionary<string, Func<WireCall, Task<string>>> Handlers { get; } = new();

    /// <summary>Raw definitions by key, per list: <c>tools</c>, <c>prompts</c>, <c>resources</c>, <c>resourceTemplates</c>.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, string>> Lists { get; } = new(
        ((string[])["tools", "prompts", "resources", "resourceTemplates"]).Select(list => KeyValuePair.Create(list, new ConcurrentDictionary<string, string>())));

    /// <summary>Open sessions, legacy only.</summary>
    public IReadOnlyCollection<WireSession> Sessions => [.. _sessions.Values];

    /// <summary>Open standalone streams, legacy only.</summary>
    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Open <c>subscriptions/listen</c>, modern only.</summary>
    public IReadOnlyCollection<WireCall> Listening => [.. _listening.Values];

    public static async Task<WireUpstream> Start(bool isModern)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = Shell.FreePorts(1)[0];
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, port);
            k.Limits.MaxRequestBodySize = 64 << 20;
        });
        var upstream = new WireUpstream(builder.Build(), isModern, port);
        upstream._app.MapPost("/mcp", upstream.Post);
        upstream._app.MapGet("/mcp", upstream.Get);
        upstream._app.MapDelete("/mcp", upstream.Delete);
        await upstream._app.StartAsync();
        return upstream;
    }

    public void Tool(string name, Func<WireCall, Task<string>> does, string more = "", string schema = """{"type":"object"}""")
    {
        Lists["tools"][name] = $$"""{"name":"{{name}}","inputSchema":{{schema}}{{more}}}""";
        Handlers[$"tools/call:{name}"] = does;
    }

    /// <summary>Calls received of a tool.</summary>
    public IReadOnlyList<WireCall> Calls(string tool) => [.. Received.Where(call => call.Method == "tools/call" && call.Param("name") is { ValueKind: JsonValueKind.String } name && name.GetString() == tool)];

    /// <summary>Tells everybody who listens, by method and raw parameters; who asked for something else hears nothing.</summary>
    public async Task Tell(string method, string parameters = "{}", string? uri = null)
    {
        var wanted = method switch
        {
            "notifications/tools/list_changed" => "toolsListChanged",
            "notifications/prompts/list_changed" => "promptsListChanged",
            "notifications/resources/list_changed" => "resourcesListChanged",
            _ => null,
        };
        foreach (var session in _sessions.Values.Where(session => uri is null || session.Subscribed.ContainsKey(uri)))
        {
            await session.Standalone.Notify(method, parameters);
        }

        foreach (var (stream, call) in _listening)
        {
            var filter = call.Param("notifications")!.Value;
            if (uri is null ? wanted is null || (filter.TryGetProperty(wanted, out var flag) && flag.ValueKind == JsonValueKind.True)
                : filter.TryGetProperty("resourceSubscriptions", out var uris) && uris.EnumerateArray().Any(item => item.GetString() == uri))
            {
                await stream.Notify(method, $$$"""{{{{Members(parameters)}}}"_meta":{"io.modelcontextprotocol/subscriptionId":{{{call.Id}}}}}""");
            }
        }
    }

    /// <summary>Breaks what listens to it: subscriptions in the modern era, sessions in the legacy one, as a restart does.</summary>
    public void Drop()
    {
        foreach (var call in Listening)
        {
            call.Http.Abort();
        }

        foreach (var session in Sessions)
        {
            Forget(session);
        }
    }

    /// <summary>Forgets a session, as after a restart.</summary>
    public void Forget(WireSession session)
    {
        _sessions.TryRemove(session.Id, out _);
        session.Standalone.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _end.Dispose();
    }

    private static string Members(string json) => json.Trim()[1..^1] is { Length: > 0 } members ? members + "," : "";

    private async Task Post(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var call = new WireCall(await body.ReadToEndAsync(http.RequestAborted), http, IsModern);
        Received.Enqueue(call);
        if (IsModern && Refuses(call) is { } refused)
        {
            await call.Error(refused, "refused", status: 400);
            return;
        }

        if (!IsModern && call.Method != "initialize")
        {
            if (http.Request.Headers["Mcp-Session-Id"] is not [{ } id])
            {
                await call.Error(-32600, "A session is needed.", status: 400);
                return;
            }

            if (!_sessions.TryGetValue(id, out var session))
            {
                await call.Error(-32600, "There is no such session.", status: 404);
                return;
            }

            call.Session = session;
        }

        if (call.Id.Length == 0 || call.Method.Length == 0)
        {
            call.Session?.Take(call);
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await Answer(call);
    }

    private async Task Answer(WireCall call)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, IsModern ? call.Http.RequestAborted : CancellationToken.None);
        call.Gone = gone.Token;
        call.Session?.Running.TryAdd(call.Id, gone);
        try
        {
            var name = call.Param("name") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            var handler = Handlers.GetValueOrDefault($"{call.Method}:{name}") ?? Handlers.GetValueOrDefault(call.Method) ?? (_ => Default(call));
            await call.Result(await handler(call));
        }
        catch (WireInputRequired asked)
        {
            await call.Result(asked.Message);
        }
        catch (WireRefusal refusal)
        {
            await call.Error(refusal.Code, refusal.Message, refusal.ErrorData, refusal.Status);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // Nobody waits for it any more.
            call.Cancelled.TrySetResult();
        }
        finally
        {
            call.Session?.Running.TryRemove(call.Id, out _);
        }
    }

    private async Task<string> Default(WireCall call)
    {
        var list = call.Method switch
        {
            "tools/list" => "tools",
            "prompts/list" => "prompts",
            "resources/list" => "resources",
            "resources/templates/list" => "resourceTemplates",
            _ => null,
        };
        if (list is not null)
        {
            return $$"""{"{{list}}":[{{string.Join(',', Lists[list].OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Value))}}]{{(IsModern ? ",\"ttlMs\":60000,\"cacheScope\":\"public\"" : "")}}}""";
        }

        switch (call.Method)
        {
            case "initialize" when !IsModern:
                var session = new WireSession(call.Raw("capabilities"));
                _sessions[session.Id] = session;
                call.Http.Response.Headers["Mcp-Session-Id"] = session.Id;
                return $$$"""{"protocolVersion":"2025-11-25","capabilities":{{{Capabilities.Trim()}}},"serverInfo":{"name":"wire","version":"1"}}""";
            case "server/discover" when IsModern:
                return $$"""{"supportedVersions":["2026-07-28"],"capabilities":{{Capabilities.Trim()}},"ttlMs":60000,"cacheScope":"public"}""";
            case "subscriptions/listen" when IsModern:
                await Listen(call);
                return $$$"""{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{call.Id}}}}}""";
            case "ping" when !IsModern:
                return "{}";
            case "logging/setLevel" when !IsModern:
                call.Session!.Level = call.Param("level")!.Value.GetString();
                return "{}";
            case "resources/subscribe" when !IsModern:
                call.Session!.Subscribed[call.Param("uri")!.Value.GetString()!] = true;
                return "{}";
            case "resources/unsubscribe" when !IsModern:
                call.Session!.Subscribed.TryRemove(call.Param("uri")!.Value.GetString()!, out _);
                return "{}";
            default:
                throw new WireRefusal(-32601, "Method not found", null, IsModern ? 404 : 200);
        }
    }

    private async Task Listen(WireCall call)
    {
        var stream = call.Stream;
        await call.Notify("notifications/subscriptions/acknowledged", $$$"""{"notifications":{{{call.Raw("notifications")}}},"_meta":{"io.modelcontextprotocol/subscriptionId":{{{call.Id}}}}}""");
        _listening[stream] = call;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, call.Gone);
        }
        finally
        {
            _listening.TryRemove(stream, out _);
        }
    }

    private int? Refuses(WireCall call)
    {
        var headers = call.Http.Request.Headers;
        var version = call.Meta("io.modelcontextprotocol/protocolVersion");
        if (version != "\"2026-07-28\"")
        {
            // A legacy client, which is told what is spoken here.
            return -32022;
        }

        var name = call.Method switch { "tools/call" or "prompts/get" => "name", "resources/read" => "uri", _ => null };
        var isRight = headers["MCP-Protocol-Version"] == "2026-07-28" && headers["Mcp-Method"] == call.Method && headers["Mcp-Session-Id"].Count == 0
            && call.Meta("io.modelcontextprotocol/clientCapabilities").Length > 0
            && (name is null || WireCall.Decoded(headers["Mcp-Name"].ToString()) == call.Param(name)?.GetString());
        if (!isRight)
        {
            Violations.Enqueue($"{string.Join(", ", headers.Where(h => h.Key.StartsWith("M", StringComparison.OrdinalIgnoreCase)).Select(h => $"{h.Key}: {h.Value}"))}: {call.Body}");
        }

        return isRight ? null : -32020;
    }

    private async Task Get(HttpContext http)
    {
        if (IsModern || http.Request.Headers["Mcp-Session-Id"] is not [{ } id])
        {
            http.Response.StatusCode = IsModern ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status400BadRequest;
            return;
        }

        if (!_sessions.TryGetValue(id, out var session))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Interlocked.Increment(ref _streams);
        try
        {
            await session.Standalone.Serve(http, _end.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private Task Delete(HttpContext http)
    {
        var isKnown = _sessions.TryRemove(http.Request.Headers["Mcp-Session-Id"].ToString(), out _);
        http.Response.StatusCode = IsModern ? StatusCodes.Status405MethodNotAllowed : isKnown ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
