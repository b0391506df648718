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
