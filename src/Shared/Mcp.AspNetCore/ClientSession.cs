using McpPlatform.Mcp.AspNetCore.Sessions;
using McpPlatform.Mcp.AspNetCore.Streams;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>A legacy session that lives on this process: what the client said of itself, and the way to reach it outside of its requests.</summary>
public sealed class ClientSession
{
    private readonly Func<Task> _cancelEnded;
    private readonly Lock _gate = new();
    private readonly ClientSessionOptions _options;
    private bool _hasOpened;
    private bool _isOver;

    internal ClientSession(McpSession info, ClientSessionOptions options, ReplayMemory? memory, TimeProvider time)
    {
        Info = info;
        _options = options;
        Questions = new(options.MaxQuestions);
        LastUsed = time.GetTimestamp();

        // Not disposed: it has no timer, and the server may look at the token long after.
        var ended = new CancellationTokenSource();
        (Ended, _cancelEnded) = (ended.Token, ended.CancelAsync);
        if (memory is null)
        {
            Standalone = new(options.MaxUnsentBytes);
        }
        else
        {
            Streams = new(options, memory, time);
            Standalone = Streams.Open();
        }
    }

    /// <summary>Identity, revision, caller.</summary>
    public McpSession Info { get; private set; }

    /// <summary>What the client can be asked for: the raw object of its handshake, <c>{}</c> when it sent none.</summary>
    public ReadOnlyMemory<byte> Capabilities { get; private set; } = "{}"u8.ToArray();

    /// <summary>Name and version of the client, raw; <c>{}</c> when it sent none.</summary>
    public ReadOnlyMemory<byte> ClientInfo { get; private set; } = "{}"u8.ToArray();

    /// <summary>What <see cref="IMcpServer.Open"/> returned; null before that.</summary>
    public IAsyncDisposable? State { get; private set; }

    /// <summary>Ends with the session.</summary>
    public CancellationToken Ended { get; }

    /// <summary>True while a standalone stream is open: GET, HTTP+SSE or WebSocket. Without one a message waits for the next.</summary>
    public bool HasStream => Standalone.HasReader;

    /// <summary>True once the handshake was made. Before that, and on a WebSocket of modern requests for good, there is nobody who could be told anything.</summary>
    public bool IsInitialized { get; private set; }

    /// <summary>True where modern requests come on the connection of the session (WebSocket).</summary>
    internal bool TakesModern { get; set; }

    /// <summary>The streams of requests and what is kept of them; null where the transport has one stream for everything.</summary>
    internal StreamStore? Streams { get; }

    /// <summary>The stream that belongs to no request, or the only one.</summary>
    internal EventStream Standalone { get; }

    internal RunningCalls Running { get; } = new();

    internal Questions Questions { get; }

    /// <summary>Monotonic time of the last request.</summary>
    internal long LastUsed { get; set; }

    /// <summary>True while requests run or the client is asked something.</summary>
    public bool HasWork => Running.Count > 0;

    /// <summary>True where the session is one connection and ends with it: HTTP+SSE and WebSocket.</summary>
    public bool IsConnection => Streams is null;

    /// <summary>A busy session is not idle, whenever its last request came.</summary>
    internal bool IsBusy => HasStream || Running.Count > 0;

    /// <summary>
    /// Sends a raw notification message on the standalone stream; kept for the next one, within bounds (the oldest are dropped first), when none is open.
    /// Returns when it was queued; does nothing before the handshake and once the session ended.
    /// </summary>
    public ValueTask Send(ReadOnlyMemory<byte> rawNotification, CancellationToken cancellationToken) =>
        IsInitialized ? Standalone.Add(rawNotification.Span, wait: false, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>
    /// Asks the client something on the standalone stream (<c>roots/list</c>, …). Empty <paramref name="rawParams"/>: none. Cancelling tells the client
    /// (<c>notifications/cancelled</c>). Throws <see cref="SessionEndedException"/> when the session ends first. The caller disposes the answer.
    /// </summary>
    public ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken) =>
        Questions.Ask(Standalone, method, rawParams, wait: false, cancellationToken);

    /// <summary>Takes the handshake in, once. False: it was made already.</summary>
    internal bool Initialize(McpSession info, ReadOnlyMemory<byte> capabilities, ReadOnlyMemory<byte> clientInfo)
    {
        lock (_gate)
        {
            if (IsInitialized)
            {
                return false;
            }

            Info = info;
            Capabilities = capabilities.IsEmpty ? Capabilities : capabilities.ToArray();
            ClientInfo = clientInfo.IsEmpty ? ClientInfo : clientInfo.ToArray();
            IsInitialized = true;
            return true;
        }
    }

    /// <summary>Lets the server attach its state, once.</summary>
    internal void Open(IMcpServer server, HttpContext http)
    {
        if (Volatile.Read(ref _hasOpened))
        {
            return;
        }

        lock (_gate)
        {
            if (!_hasOpened && !_isOver)
            {
                State = server.Open(this, http);
                Volatile.Write(ref _hasOpened, true);
            }
        }
    }

    /// <summary>Attaches state that is there already, once.</summary>
    internal void Open(Func<ClientSession, IAsyncDisposable> state)
    {
        lock (_gate)
        {
            if (!_hasOpened && !_isOver)
            {
                State = state(this);
                Volatile.Write(ref _hasOpened, true);
            }
        }
    }

    /// <summary>Ends everything that belongs to the session and returns the server's state for disposal. Null the second time.</summary>
    internal IAsyncDisposable? End()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return null;
            }

            _isOver = true;
        }

        Running.Close();
        Questions.Close();
        Streams?.Close();
        Standalone.Complete();
        _ = _cancelEnded();
        return State;
    }
}

/// <summary>A session ended while its client was being asked, or before.</summary>
public sealed class SessionEndedException() : Exception("The session of this client has ended.");
