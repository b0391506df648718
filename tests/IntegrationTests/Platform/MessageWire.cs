using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A client of a transport that carries everything on one stream, through no SDK: what goes over the wire is what the test says.</summary>
internal abstract class MessageWire : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Messages that came while another one was waited for.</summary>
    private readonly List<JsonNode> _others = [];

    /// <summary>
    /// <c>sse</c>, <c>ws</c> or <c>stdio</c> (a process of <c>mcpp</c>), of all servers or one. Posts of HTTP+SSE go to the gateway at <paramref name="posts"/>, when given.
    /// </summary>
    public static async Task<MessageWire> Open(string transport, Uri gateway, string? server, string key, Uri? posts = null) => transport switch
    {
        "stdio" => new StdioWire(gateway, server, key),
        "ws" => await SocketWire.Open(Address(transport, gateway, server), key),
        _ => await SseWire.Open(Address(transport, gateway, server), key, posts),
    };

    /// <summary>Where a transport is.</summary>
    public static Uri Address(string transport, Uri gateway, string? server) =>
        new(gateway, server is null ? (transport == "ws" ? "/mcp/ws" : "/sse") : $"/mcp/servers/{server}/{transport}");

    /// <summary>Sends a message as it is.</summary>
    public abstract Task Send(string message);

    /// <summary>The next message that fits; null when the stream ended before.</summary>
    public async Task<JsonNode?> Next(Func<JsonNode, bool> which)
    {
        if (_others.Find(message => which(message)) is { } kept)
        {
            _others.Remove(kept);
            return kept;
        }

        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (await Read(limit.Token) is { } message)
            {
                if (which(message))
                {
                    return message;
                }

                _others.Add(message);
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Not what was waited for: {string.Join('\n', _others.Select(message => message.ToJsonString()))}");
        }
    }

    /// <summary>The answer to a request.</summary>
    public async Task<JsonNode> Answer(int id) =>
        await Next(message => message["method"] is null && message["id"]?.ToJsonString() == $"{id}") ?? throw new InvalidOperationException("The stream ended before the answer.");

    /// <summary>Sends a request and waits for its answer.</summary>
    public async Task<JsonNode> Ask(int id, string method, string parameters = "{}")
    {
        await Send($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        return await Answer(id);
    }

    /// <summary>The handshake of a client that can be asked.</summary>
    public async Task<JsonNode> Initialize(string version)
    {
        var answer = await Ask(0, "initialize", $$$"""{"protocolVersion":"{{{version}}}","capabilities":{"elicitation":{}},"clientInfo":{"name":"wire","version":"1"}}""");
        await Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return answer["result"]!;
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<JsonNode?> Read(CancellationToken cancellationToken);
}

/// <summary>HTTP+SSE of 2024-11-05.</summary>
internal sealed class SseWire : MessageWire
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _events;

    private SseWire(HttpClient http, HttpResponseMessage response, StreamReader events) => (_http, _response, _events) = (http, response, events);

    /// <summary>Where messages go.</summary>
    public Uri Messages { get; private set; } = null!;

    public static async Task<SseWire> Open(Uri address, string key, Uri? posts)
    {
        var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60), DefaultRequestHeaders = { { "Authorization", $"Bearer {key}" } } };
        using var get = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "text/event-stream" } } };
        var response = await http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var wire = new SseWire(http, response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        if (await wire._events.ReadLineAsync() != "event: endpoint")
        {
            throw new InvalidOperationException("The first event is not the endpoint.");
        }

        wire.Messages = new Uri(posts ?? address, (await wire._events.ReadLineAsync())!["data: ".Length..]);
        return wire;
    }

    public override async Task Send(string message)
    {
        using var answer = await _http.PostAsync(Messages, new StringContent(message, Encoding.UTF8, "application/json"));
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw new HttpRequestException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", null, answer.StatusCode);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _events.Dispose();
        _response.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken)
    {
        while (await _events.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonNode.Parse(line["data: ".Length..]);
            }
        }

        return null;
    }
}

/// <summary>MCP over WebSocket.</summary>
internal sealed class SocketWire(ClientWebSocket socket) : MessageWire
{
    public ClientWebSocket Socket => socket;

    public static async Task<SocketWire> Open(Uri address, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mcp");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, CancellationToken.None);
        return new SocketWire(socket);
    }

    public override Task Send(string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            WebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer, cancellationToken);
            }
            catch (WebSocketException cut) when (cut.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
            {
                // A process whose time is over does not wait for the handshake: that is an end, too. CloseStatus tells them apart.
                return null;
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(message.ToArray());
            }
        }
    }
}

/// <summary><c>mcpp stdio</c> as a desktop client starts it.</summary>
internal sealed class StdioWire : MessageWire
{
    private readonly Process _process;

    public StdioWire(Uri gateway, string? server, string key)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Repository.Mcpp, "stdio", .. server is null ? Array.Empty<string>() : ["--server", server]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Environment = { ["MCPP_URL"] = gateway.ToString(), ["MCPP_KEY"] = key },
        })!;
        _process.BeginErrorReadLine();
    }

    public override async Task Send(string message)
    {
        await _process.StandardInput.WriteAsync(message + "\n");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends its input and tells its exit code.</summary>
    public Task<int> End()
    {
        _process.StandardInput.Close();
        return Exit();
    }

    /// <summary>Signals it to end and tells its exit code.</summary>
    public async Task<int> Terminate()
    {
        await Shell.Run("kill", "-TERM", $"{_process.Id}");
        return await Exit();
    }

    private async Task<int> Exit()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public override ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<JsonNode?> Read(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line ? JsonNode.Parse(line) : null;
}
