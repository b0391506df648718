using McpPlatform.Mcp.AspNetCore.Streams;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// The HTTP response of one request: plain JSON, or from the first notification or question on an event stream. In a live session the stream outlives the
/// response: what a lost connection did not take is kept, and after <see cref="Detach"/> the request goes on without a response.
/// </summary>
internal sealed class HttpSink(HttpContext http, McpEndpointOptions options, TimeProvider time) : IAnswerSink, IAsyncDisposable
{
    private EventStream? _stream;
    private Task _pump = Task.CompletedTask;
    private ClientSession? _session;
    private McpRequestContext? _context;
    private TaskCompletionSource? _left;
    private bool _isDetached;

    /// <inheritdoc/>
    public bool CanAsk => _session is not null && (_stream is not null || !IsGone);

    /// <summary>True when the request may come to need its response no more.</summary>
    public bool CanLeave => _left is not null;

    /// <summary>Ends when the request no longer needs its response.</summary>
    public Task Left => _left!.Task;

    private bool IsGone => !_isDetached && options.Gone(http).IsCancellationRequested;

    /// <summary>The request belongs to a live session: its stream can be resumed, and its client asked.</summary>
    public void Bind(ClientSession session, McpRequestContext context)
    {
        (_session, _context) = (session, context);
        _left = session.Info.Version.HasPolling ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;
    }

    /// <inheritdoc/>
    public ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (_stream is not null)
        {
            return _stream.Add(message.Span, wait: true, cancellationToken);
        }

        if (IsGone)
        {
            return ValueTask.CompletedTask;
        }

        var (stream, pump) = Upgrade();
        var added = stream.Add(message.Span, wait: true, cancellationToken);
        Start(pump);
        return added;
    }

    /// <inheritdoc/>
    public async ValueTask Answer(ReadOnlyMemory<byte> message, int status)
    {
        if (_stream is not null)
        {
            await _stream.Add(message.Span, wait: true, CancellationToken.None);
            return;
        }

        if (IsGone)
        {
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = message.Length;
        await http.Response.BodyWriter.WriteAsync(message, CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken)
    {
        if (!CanAsk)
        {
            throw new InvalidOperationException("This client cannot be asked.");
        }

        var pump = default(SsePump);
        if (_stream is null)
        {
            (_, pump) = Upgrade();
        }

        var asked = _session!.Questions.Ask(_stream!, method, rawParams, wait: true, cancellationToken);
        if (pump is not null)
        {
            Start(pump);
        }

        return asked;
    }

    /// <inheritdoc/>
    public ValueTask Open(CancellationToken cancellationToken)
    {
        if (_stream is null && !IsGone)
        {
            Start(Upgrade().Pump);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask Detach(TimeSpan? retry)
    {
        if (_left is null || IsGone)
        {
            return ValueTask.CompletedTask;
        }

        if (_stream is null)
        {
            Start(Upgrade().Pump);
        }

        _stream!.SendAway(retry ?? options.Sessions.Retry);
        if (!_isDetached)
        {
            _isDetached = true;
            _context!.Leave();
            _left.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The request is over: nothing more comes on its stream.</summary>
    public void Complete() => _stream?.Complete();

    /// <summary>The HTTP exchange is over when what there is to write is written. A request that goes on completes its stream itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isDetached)
        {
            Complete();
        }

        await _pump;
    }

    private (EventStream Stream, SsePump Pump) Upgrade()
    {
        _stream = _session?.Streams?.Open() ?? new EventStream(options.Sessions.MaxUnsentBytes);
        SsePump.Prepare(http);
        return (_stream, new SsePump(http, _stream, _stream.Open()!, options, time));
    }

    private void Start(SsePump pump) => _pump = pump.Run(_left is null ? null : options.Sessions.Retry);
}
