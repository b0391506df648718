namespace McpPlatform.Mcp.AspNetCore;

/// <summary>A legacy session that lives on this process: what the client said of itself, and the way to reach it outside of its requests.</summary>
public sealed class ClientSession
{
    internal ClientSession(McpSession info, ReadOnlyMemory<byte> capabilities, ReadOnlyMemory<byte> clientInfo) =>
        (Info, Capabilities, ClientInfo) = (info, capabilities, clientInfo);

    /// <summary>Identity, revision, caller.</summary>
    public McpSession Info { get; }

    /// <summary>What the client can be asked for: the raw object of its handshake, <c>{}</c> when it sent none.</summary>
    public ReadOnlyMemory<byte> Capabilities { get; }

    /// <summary>Name and version of the client, raw; <c>{}</c> when it sent none.</summary>
    public ReadOnlyMemory<byte> ClientInfo { get; }

    /// <summary>What <see cref="IMcpServer.Open"/> returned; null before that.</summary>
    public IAsyncDisposable? State { get; internal set; }

    /// <summary>Ends with the session.</summary>
    public CancellationToken Ended { get; internal set; }

    /// <summary>True while a standalone stream is open: GET, HTTP+SSE or WebSocket. Without one a message waits for the next.</summary>
    public bool HasStream { get; internal set; }

    /// <summary>
    /// Sends a raw notification message on the standalone stream; kept for the next one, within bounds (the oldest are dropped first), when none is open.
    /// Returns when it was queued; does nothing once the session ended.
    /// </summary>
    public ValueTask Send(ReadOnlyMemory<byte> rawNotification, CancellationToken cancellationToken) =>
        Ended.IsCancellationRequested ? ValueTask.CompletedTask : ValueTask.CompletedTask;

    /// <summary>
    /// Asks the client something on the standalone stream (<c>roots/list</c>, …). Empty <paramref name="rawParams"/>: none. Cancelling tells the client
    /// (<c>notifications/cancelled</c>). Throws <see cref="SessionEndedException"/> when the session ends first. The caller disposes the answer.
    /// </summary>
    public ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken) =>
        Ended.IsCancellationRequested ? throw new SessionEndedException() : throw new NotSupportedException();
}

/// <summary>A session ended while its client was being asked, or before.</summary>
public sealed class SessionEndedException() : Exception("The session of this client has ended.");
