using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using McpPlatform.Benchmarks.Measuring;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>The two ways a client can speak.</summary>
internal enum Era
{
    /// <summary>2026-07-28: stateless.</summary>
    Modern,

    /// <summary>2025-11-25: with a session.</summary>
    Legacy,
}

/// <summary>Calls one tool by one path, over a fixed number of connections, as fast as the answers come. Every answer is checked.</summary>
internal sealed class CallPathClient : IDisposable
{
    public const string Meta =
        """{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"}}""";

    private static readonly byte[] Marker = Encoding.ASCII.GetBytes(UpstreamServer.Marker);

    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly Era _era;
    private readonly string _tool;
    private readonly int _connections;
    private readonly byte[] _body;
    private readonly int _idAt;
    private readonly int _textAt;
    private int _lastId = 10_000_000;
    private string? _session;

    /// <param name="varies">Each call has another argument.</param>
    public CallPathClient(string name, Uri endpoint, string tool, Era era, int connections, bool varies = false)
    {
        (Name, _endpoint, _tool, _era, _connections) = (name, endpoint, tool, era, connections);
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseCookies = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
        var meta = era == Era.Modern ? $",\"_meta\":{Meta}" : "";
        var text = varies ? "10000000" + new string('x', 92) : new string('x', 100);
        _body = Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":10000000,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{"text":"{{{text}}}"}{{{meta}}}}}""");
        _idAt = _body.AsSpan().IndexOf("10000000"u8);
        _textAt = varies ? _body.AsSpan().LastIndexOf("10000000"u8) : _idAt;
    }

    public string Name { get; }

    public Samples Samples { get; } = new();

    /// <summary>Opens the session, where the era has one.</summary>
    public async Task Open()
    {
        if (_era == Era.Legacy)
        {
            var initialize = Encoding.UTF8.GetBytes(
                """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}""");
            using var opened = await _http.SendAsync(Request(initialize));
            opened.EnsureSuccessStatusCode();
            _session = opened.Headers.GetValues("Mcp-Session-Id").First();
            using var noted = await _http.SendAsync(Request("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray()));
            noted.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Calls for this long; keeps the durations unless it is a warm-up.</summary>
    public async Task Run(TimeSpan duration, bool keep)
    {
        var start = Stopwatch.GetTimestamp();
        var durations = await Task.WhenAll(Enumerable.Range(0, _connections).Select(_ => Task.Run(() => Call(start, duration))));
        if (keep)
        {
            Samples.Add(durations.SelectMany(d => d), Stopwatch.GetElapsedTime(start));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<List<long>> Call(long start, TimeSpan duration)
    {
        var durations = new List<long>(4096);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var before = Stopwatch.GetTimestamp();
            using var response = await _http.SendAsync(Request(NextBody()));
            var answer = await response.Content.ReadAsByteArrayAsync();
            durations.Add(Stopwatch.GetTimestamp() - before);
            if (!response.IsSuccessStatusCode || answer.AsSpan().IndexOf(Marker) < 0)
            {
                throw new InvalidOperationException($"{Name} answered {(int)response.StatusCode}: {Encoding.UTF8.GetString(answer)}");
            }
        }

        return durations;
    }

    /// <summary>The call under an id of its own: within a session, a server may refuse one that is still in use.</summary>
    private byte[] NextBody()
    {
        byte[] body = [.. _body];
        var id = Interlocked.Increment(ref _lastId);
        id.TryFormat(body.AsSpan(_idAt), out _, provider: CultureInfo.InvariantCulture);
        id.TryFormat(body.AsSpan(_textAt), out _, provider: CultureInfo.InvariantCulture);
        return body;
    }

    private HttpRequestMessage Request(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Scenery.Key}");
        if (_era == Era.Modern)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
            request.Headers.TryAddWithoutValidation("Mcp-Method", "tools/call");
            request.Headers.TryAddWithoutValidation("Mcp-Name", _tool);
        }
        else if (_session is not null)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2025-11-25");
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", _session);
        }

        return request;
    }
}
