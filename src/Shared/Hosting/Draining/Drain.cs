using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Draining;

/// <summary>
/// The end of a process, in this order: <c>/health</c> turns 503 and answers say <c>Connection: close</c>; no new connections; the rest finishes; at the timeout it is cancelled with an
/// error; the host stops. A second signal skips the waiting.
/// </summary>
public sealed partial class Drain(IOptions<DrainOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger) : IDisposable
{
    /// <summary>For the answers of what was cancelled to be written.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Ctrl+C reaches a process by its terminal, and again by whoever started it and passes it on: that is one signal.</summary>
    private static readonly TimeSpan OneSignal = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<OpenConnection, byte> _open = new();
    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _hurried = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _over = new();
    private long _signalledAt = -1;

    /// <summary>True from the first signal on: this process wants no new work.</summary>
    public bool HasBegun => _begun.IsCancellationRequested;

    /// <summary>Ends when nothing new is taken any more: whatever only waits for news can go then, and nobody has to wait for it.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Ends when the time to finish is over: for what runs on no request's token.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>What a cancelled request is told.</summary>
    public static Kernel.Error Stopped { get; } = Kernel.Error.Unavailable("process.stopping", "This process is being stopped and could not wait any longer. Whether the request was carried out is unknown.");

    internal event Action? ListenersClose;

    internal long Now => time.GetTimestamp();

    /// <summary>A signal to stop came: the first one begins the drain, the next one ends it.</summary>
    public void Signal()
    {
        var first = Interlocked.CompareExchange(ref _signalledAt, time.GetTimestamp(), -1);
        if (first == -1)
        {
            Begins(logger, options.Value.Timeout);
            _begun.Cancel();
            _ = Task.Run(Run);
            Close(_open.Keys.Where(c => c.CanSayClose));
        }
        else if (time.GetElapsedTime(first) >= OneSignal && !_hurried.IsCancellationRequested)
        {
            Hurried(logger);
            _hurried.Cancel();
        }
    }

    /// <summary>Ends when the caller hangs up: what of a request's token is the caller's, and not the end of this process.</summary>
    public static CancellationToken CallerOf(HttpContext http) => http.Features.Get<OpenConnection>()?.Closed ?? http.RequestAborted;

    /// <summary>For requests that live as long as their connection, and whose messages are served on copies: these know the connection then, too.</summary>
    public static void Pin(HttpContext http) => http.Features.Set(http.Features.Get<OpenConnection>());

    /// <summary>
    /// True when this process cancelled the request at the end of its drain and the caller is still there: an answer can be written then, since the request's token is its caller's
    /// alone again.
    /// </summary>
    public static bool Ended(HttpContext http)
    {
        if (!http.RequestAborted.IsCancellationRequested || http.Features.Get<OpenConnection>() is not { Closed.IsCancellationRequested: false } connection)
        {
            return false;
        }

        http.RequestAborted = connection.Closed;
        return true;
    }

    internal void Opened(OpenConnection connection) => _open[connection] = 0;

    internal void Closed(OpenConnection connection) => _open.TryRemove(connection, out _);

    public void Dispose()
    {
        _begun.Dispose();
        _hurried.Dispose();
        _closing.Dispose();
        _over.Dispose();
    }

    private async Task Run()
    {
        var began = time.GetTimestamp();
        try
        {
            await Until(began, options.Value.Notice, () => false);
            ListenersClose?.Invoke();
            _ = _closing.CancelAsync();
            var closing = time.GetTimestamp();
            await Until(began, options.Value.Timeout, () => IsEmpty(closing));
            await Cancel();
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    /// <summary>Waits until a time after a moment, until <paramref name="isOver"/>, or until somebody is in a hurry.</summary>
    private async Task Until(long since, TimeSpan atMost, Func<bool> isOver)
    {
        while (time.GetElapsedTime(since) < atMost && !_hurried.IsCancellationRequested && !isOver())
        {
            await Task.Delay(Look, time);
        }
    }

    /// <summary>
    /// True when nothing is open any more. A connection whose last answer did not say that it closes is closed only once it has been idle for a while: whoever works through it would
    /// send the next request just then.
    /// </summary>
    private bool IsEmpty(long closing)
    {
        var now = time.GetTimestamp();
        Close(_open.Keys.Where(c => !c.IsBusy && time.GetElapsedTime(Math.Max(closing, c.IdleSince), now) >= options.Value.Linger));
        return _open.IsEmpty;
    }

    private static void Close(IEnumerable<OpenConnection> connections)
    {
        foreach (var connection in connections)
        {
            connection.RequestClose();
        }
    }

    private async Task Cancel()
    {
        _ = _over.CancelAsync();
        var busy = _open.Keys.Where(c => c.IsBusy).ToArray();
        if (busy.Length == 0)
        {
            return;
        }

        Cancels(logger, busy.Length);
        foreach (var connection in busy)
        {
            connection.Cancel();
        }

        var since = time.GetTimestamp();
        while (!_open.IsEmpty && time.GetElapsedTime(since) < LastWords)
        {
            await Task.Delay(Look, time);
        }

        foreach (var connection in _open.Keys)
        {
            connection.Abort();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: no new work; what runs may go on for {Timeout}. A second signal ends it at once.")]
    private static partial void Begins(ILogger logger, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping at once.")]
    private static partial void Hurried(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The time to finish is over: {Count} requests are cancelled.")]
    private static partial void Cancels(ILogger logger, int count);
}
