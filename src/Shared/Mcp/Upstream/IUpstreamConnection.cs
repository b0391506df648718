using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// A way to one MCP server, whatever the transport and the era. Safe for any number of calls at once; ids and progress tokens of concurrent callers cannot
/// meet, because the connection uses its own towards the server and restores the caller's on the way back.
/// </summary>
public interface IUpstreamConnection : IAsyncDisposable
{
    /// <summary>True once nothing can be sent any more (the process ended, the event stream broke, disposed). The owner makes a new connection then.</summary>
    bool IsClosed { get; }

    /// <summary>
    /// Connects and shakes hands, once; later calls return the same. Concurrent calls wait for the same attempt; after a failed attempt the next call tries
    /// again unless <see cref="IsClosed"/>. Throws <see cref="UpstreamException"/>.
    /// </summary>
    ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request, after <see cref="Connect"/> if need be, and returns its answer, which may be a JSON-RPC error. Cancelling tells the server (a
    /// <c>notifications/cancelled</c>, or the closed stream in the modern era over HTTP) and throws <see cref="OperationCanceledException"/>.
    /// Throws <see cref="UpstreamException"/> when there is no answer.
    /// </summary>
    ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a client's notification (<c>notifications/roots/list_changed</c>); the modern era has none, and nothing is sent. Throws <see cref="UpstreamException"/>.</summary>
    ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken);

    /// <summary>
    /// Takes what the server sends outside of requests, until cancelled: over Streamable HTTP in the legacy era that is a stream of its own, which is opened again when it breaks. False at
    /// once where there is none. Other transports always listen.
    /// </summary>
    Task<bool> Listen(CancellationToken cancellationToken);
}

/// <summary>What the server said of itself. The raw parts are copies and live as long as this.</summary>
/// <param name="Version">The revision spoken with it.</param>
/// <param name="Capabilities">Raw <c>capabilities</c>; empty when it sent none.</param>
/// <param name="ServerInfo">Raw <c>serverInfo</c>; empty when it sent none.</param>
/// <param name="Instructions">Its instructions for the model, or null.</param>
public sealed record UpstreamHandshake(
    ProtocolVersion Version, ReadOnlyMemory<byte> Capabilities, ReadOnlyMemory<byte> ServerInfo, string? Instructions)
{
    /// <summary>A modern server that says it speaks a legacy revision as well.</summary>
    public bool IsDual { get; init; }
}

/// <summary>One request as the caller has it.</summary>
/// <param name="Method">For example <c>tools/call</c>.</param>
/// <param name="Params">
/// Raw object; empty for none. The connection changes members of <c>_meta</c> only: what the server's era demands is added (and the other era's taken out), the
/// progress token is replaced, the trace context set.
/// </param>
public sealed record UpstreamRequest(string Method, ReadOnlyMemory<byte> Params)
{
    /// <summary>
    /// Gets every notification that belongs to this request, in order, before <see cref="IUpstreamConnection.Send"/> returns: a raw message with the
    /// caller's own progress token, valid until the returned task ends. Never called twice at once. Null: no progress is asked for.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? OnNotification { get; set; }

    /// <summary>
    /// Answers a server's request on this request's stream; the question is valid until the task ends, and the connection disposes the answer. Null: a ping is answered, everything else
    /// is a capability we never declared (-32601).
    /// </summary>
    public Func<Envelope, CancellationToken, ValueTask<RpcAnswer>>? OnQuestion { get; set; }

    /// <summary>
    /// Told when the server ends the stream in the middle of the call and is to be polled (2025-11-25), with the time it asks for; the connection itself comes back with
    /// <c>Last-Event-ID</c>.
    /// </summary>
    public Func<TimeSpan?, ValueTask>? OnDetached { get; set; }

    /// <summary>What a client calls a subscription: what the server's messages call it on the way back. None: as it is here.</summary>
    public RequestId SubscriptionId { get; init; }

    /// <summary>Least severe log that is wanted of a legacy server, which is told where its session has another level; null: whatever it sends. Modern servers read it in <c>_meta</c>.</summary>
    public string? LogLevel { get; init; }

    /// <summary>
    /// Measures the time of the request in place of the connection's own timers; null: the connection measures.
    /// Like <see cref="OnNotification"/> it can be set anew when the request is sent again, never while it is under way.
    /// </summary>
    public IExchangeClock? Clock { get; set; }

    /// <summary>More mirrored headers (<c>Mcp-Param-*</c>) for a modern server over HTTP.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

/// <summary>The answer to one request, in memory that goes back with <see cref="Dispose"/>. One owner.</summary>
public sealed class UpstreamAnswer : IDisposable
{
    private readonly IDisposable _buffer;

    internal UpstreamAnswer(Envelope response, IDisposable buffer)
    {
        _buffer = buffer;
        IsError = !response.Error.IsEmpty;
        Payload = IsError ? response.Error : response.Result;
    }

    /// <summary>A result that was made on this side, in place of the server's.</summary>
    public UpstreamAnswer(PooledBuffer result) => (_buffer, Payload) = (result, result.Written);

    /// <summary>A result that is kept and belongs to nobody: it is not changed, and disposing does nothing.</summary>
    public UpstreamAnswer(ReadOnlyMemory<byte> kept) => (_buffer, Payload) = (Kept.Instance, kept);

    /// <summary>True for a JSON-RPC error. A tool's own error (<c>isError</c>) is a result.</summary>
    public bool IsError { get; }

    /// <summary>The raw result object, or the raw error object. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Code of the error; 0 for a result or when the error has none.</summary>
    public int ErrorCode =>
        IsError && System.Buffers.Text.Utf8Parser.TryParse(JsonMembers.Find(Payload, "code"u8).Span, out int code, out _) ? code : 0;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private sealed class Kept : IDisposable
    {
        public static readonly Kept Instance = new();

        public void Dispose()
        {
            // Nobody's.
        }
    }
}

/// <summary>Who the platform says it is, and what it can be asked for, when the caller's request does not say it itself.</summary>
/// <param name="Name">Of the product.</param>
/// <param name="Version">Of the product.</param>
public sealed record ClientIdentity(string Name, string Version)
{
    /// <summary>Raw capabilities object. Default: none, so that no server asks questions that nobody can answer.</summary>
    public ReadOnlyMemory<byte> Capabilities { get; init; } = "{}"u8.ToArray();

    /// <summary>What every modern request carries of us; what the caller says of itself in <c>_meta</c> stays.</summary>
    internal MemberEdit[] ModernMeta => field ??=
    [
        MemberEdit.Set(MetaKeys.ProtocolVersion, JsonMembers.Quote(ProtocolVersion.July2026.Text)),
        MemberEdit.SetIfAbsent(MetaKeys.ClientCapabilities, Capabilities),
        MemberEdit.SetIfAbsent(MetaKeys.ClientInfo, Info),
    ];

    /// <summary>Raw <c>clientInfo</c>.</summary>
    internal ReadOnlyMemory<byte> Info { get; } =
        (byte[])[.. "{\"name\":"u8, .. JsonMembers.Quote(Name).Span, .. ",\"version\":"u8, .. JsonMembers.Quote(Version).Span, .. "}"u8];
}
