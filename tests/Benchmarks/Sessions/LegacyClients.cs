using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using McpPlatform.Benchmarks.Wire;

namespace McpPlatform.Benchmarks.Sessions;

/// <summary>Many clients of 2025-11-25 at one gateway, behind several keys: one key has 1000 sessions at the most.</summary>
internal sealed class LegacyClients(Uri gateway, int perKey = 1000) : IDisposable
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{},"sampling":{},"elicitation":{}},"clientInfo":{"name":"bench","version":"1"}}}""";

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 16, UseCookies = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private HttpClient _streams = Unbounded();
    private readonly ConcurrentQueue<HttpResponseMessage> _open = new();
    private int _opened;

    /// <summary>A session: its id, its key and the path it is at.</summary>
    public sealed record Session(string Id, string Key, string Path);

    /// <summary>Opens sessions, each of which has listed its tools once.</summary>
    public async Task<IReadOnlyList<Session>> Open(int count, string path)
    {
        var sessions = new ConcurrentBag<Session>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => sessions.Add(await Open(path)));
        return [.. sessions];
    }

    public async Task<Session> Open(string path)
    {
        var key = Scenery.Other(1 + ((Interlocked.Increment(ref _opened) - 1) / perKey));
        using var opened = await _http.SendAsync(Request(HttpMethod.Post, new Session("", key, path), Initialize));
        opened.EnsureSuccessStatusCode();
        var session = new Session(opened.Headers.GetValues("Mcp-Session-Id").First(), key, path);
        await Send(session, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await Send(session, """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        return session;
    }

    public async Task<string> Send(Session session, string message)
    {
        using var answer = await _http.SendAsync(Request(HttpMethod.Post, session, message));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode && !text.Contains("\"error\"", StringComparison.Ordinal) ? text : throw new InvalidOperationException($"{message} was answered {(int)answer.StatusCode}: {text}");
    }

    public async Task End(Session session)
    {
        using var answer = await _http.SendAsync(Request(HttpMethod.Delete, session, null));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Opens the event stream of a session, and keeps it open.</summary>
    public Task Listen(Session session) => Keep(Request(HttpMethod.Get, session, null));

    /// <summary>Subscribes in the modern era, and keeps the stream open.</summary>
    public Task Subscribe(string key, string path)
    {
        var request = Request(
            HttpMethod.Post, new Session("", key, path),
            $$"""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{{CallPathClient.Meta}} } }""");
        request.Headers.Remove("MCP-Protocol-Version");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
        request.Headers.TryAddWithoutValidation("Mcp-Method", "subscriptions/listen");
        return Keep(request);
    }

    /// <summary>Lets go of every stream, and of its connection.</summary>
    public void Leave()
    {
        while (_open.TryDequeue(out var stream))
        {
            stream.Dispose();
        }

        _streams.Dispose();
        _streams = Unbounded();
    }

    public void Dispose()
    {
        Leave();
        _http.Dispose();
        _streams.Dispose();
    }

    private static HttpClient Unbounded() => new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    private async Task Keep(HttpRequestMessage request)
    {
        var response = await _streams.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        _open.Enqueue(response);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw new InvalidOperationException($"A stream was answered {(int)response.StatusCode}.");
        }
    }

    private HttpRequestMessage Request(HttpMethod method, Session session, string? message)
    {
        var request = new HttpRequestMessage(method, new Uri(gateway, session.Path));
        if (message is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(message)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {session.Key}");
        if (session.Id.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2025-11-25");
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session.Id);
        }

        return request;
    }
}
