using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Caching;

/// <summary>What became of a request that others may wait for.</summary>
/// <param name="Result">May be given to others, as far as <see cref="KeptResult.IsShared"/> says.</param>
/// <param name="IsStored">And was kept.</param>
/// <param name="Answer">What is the first one's alone: an error, a question, a result of which nothing may be kept. The first one disposes it.</param>
/// <param name="Failure">There was no answer.</param>
/// <param name="Refusal">It did not get to the server.</param>
internal sealed record FlightEnd(
    KeptResult? Result = null, bool IsStored = false, UpstreamAnswer? Answer = null, AttemptFailure? Failure = null, CallRefusal? Refusal = null)
{
    /// <summary>The credentials that travelled.</summary>
    public KnownSecrets? Secrets { get; init; }

    /// <summary>The result is one that gateways share.</summary>
    public bool IsFromShared { get; init; }

    /// <summary>The limit that has least left.</summary>
    public LimitUse? Tightest { get; init; }

    /// <summary>Whoever waits goes to the server.</summary>
    public static FlightEnd GoAlone { get; } = new();
}

/// <summary>
/// One request on its way to a server, and all that want the same answer. It belongs to the last one that waits: only when nobody does any more is it cancelled. As soon as the server has
/// something to say or to ask before its answer, it is the first one's alone, and the others go themselves.
/// </summary>
internal sealed class Flight(int mostFollowers) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<FlightEnd> _shared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<FlightEnd> _run = null!;
    private int _followers;
    private bool _isLed = true;
    private bool _isPersonal;
    private bool _hasLanded;

    /// <summary>How many wait beside the first one.</summary>
    public int Followers => Volatile.Read(ref _followers);

    /// <summary>The server said or asked something before its answer, which may depend on that.</summary>
    public bool IsPersonal
    {
        get
        {
            lock (_gate)
            {
                return _isPersonal;
            }
        }
    }

    /// <summary>Sets out, for the first one. <paramref name="landing"/> runs before anybody is told.</summary>
    public void Start(ToolCall call, Func<ToolCall, CancellationToken, ValueTask<FlightEnd>> fly, Action landing) => _run = Run(
        call.ForAll(
            call.OnNotification is { } notify ? (message, token) => Personal() ? notify(message, token) : ValueTask.CompletedTask : null,
            call.OnQuestion is { } question ? (asked, token) => Personal() ? question(asked, token) : new(Nobody()) : null,
            call.Ask is { } ask ? (method, parameters, token) => Personal() ? ask(method, parameters, token) : new(Nobody()) : null,
            call.OnDetached is { } detached ? after => Personal() ? detached(after) : ValueTask.CompletedTask : null),
        fly,
        landing);

    /// <summary>For the first one. Throws <see cref="OperationCanceledException"/> when it left.</summary>
    public async ValueTask<FlightEnd> Lead(CancellationToken cancellationToken)
    {
        try
        {
            return await _run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (Leave())
            {
                // What is the first one's alone uses its memory: it has to end first.
                await Cancel();
                (await _run).Answer?.Dispose();
            }

            throw;
        }
    }

    /// <summary>False when too many wait already, or it is too late.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_isPersonal || _hasLanded || _followers >= mostFollowers || (_followers == 0 && !_isLed))
            {
                return false;
            }

            _followers++;
            return true;
        }
    }

    /// <summary>For one that joined. Throws <see cref="OperationCanceledException"/> when it left.</summary>
    public async ValueTask<FlightEnd> Follow(CancellationToken cancellationToken)
    {
        try
        {
            return await _shared.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            bool isLast;
            lock (_gate)
            {
                isLast = --_followers == 0 && !_isLed && !_hasLanded;
            }

            if (isLast)
            {
                await Cancel();
            }
        }
    }

    public void Dispose() => _end.Dispose();

    private async Task<FlightEnd> Run(ToolCall own, Func<ToolCall, CancellationToken, ValueTask<FlightEnd>> fly, Action landing)
    {
        // Whoever joins meanwhile finds a flight that has set out.
        await Task.Yield();
        var end = FlightEnd.GoAlone;
        try
        {
            return end = await fly(own, _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return end;
        }
        finally
        {
            landing();
            Land(end);
        }
    }

    private Task Cancel()
    {
        lock (_gate)
        {
            return _hasLanded ? Task.CompletedTask : _end.CancelAsync();
        }
    }

    private void Land(FlightEnd end)
    {
        bool isLed;
        lock (_gate)
        {
            (_hasLanded, isLed) = (true, _isLed);
            if (!_end.IsCancellationRequested)
            {
                // Else those that it tells may still be at it; then it has nothing that must be given back.
                Dispose();
            }
        }

        // A failure may be that of the first one's connection, which left with it.
        _shared.TrySetResult(end.Result is not null ? end : isLed && end.Answer is null ? end : FlightEnd.GoAlone);
        if (!isLed)
        {
            end.Answer?.Dispose();
        }
    }

    /// <summary>The first one leaves. True: nobody else waits, or nobody else may have it.</summary>
    private bool Leave()
    {
        lock (_gate)
        {
            if (_hasLanded || _isPersonal || _followers == 0)
            {
                return true;
            }

            _isLed = false;
            return false;
        }
    }

    /// <summary>It is the first one's alone from now on. False: the first one is gone.</summary>
    private bool Personal()
    {
        bool isLed;
        lock (_gate)
        {
            (_isPersonal, isLed) = (true, _isLed);
        }

        _shared.TrySetResult(FlightEnd.GoAlone);
        return isLed;
    }

    private static RpcAnswer Nobody() => new(true, "{\"code\":-32603,\"message\":\"The client is gone.\"}"u8.ToArray(), null);
}
