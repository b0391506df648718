using System.Collections.Concurrent;
using McpPlatform.Mcp.AspNetCore.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>
/// The sessions that live on this process. Looking one up locks nothing; opening one takes its place within the bounds, if need be that of an idle one.
/// </summary>
internal sealed partial class LiveSessions : IDisposable
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Guid, ClientSession> _sessions = new();
    private readonly SessionPlaces _places;
    private readonly Lock _gate = new();
    private readonly ClientSessionOptions _options;
    private readonly ReplayMemory _memory;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveSessions> _logger;
    private readonly ITimer _sweep;
    private readonly CancellationTokenRegistration _stopping;
    private long _displaced;
    private long _refused;

    public LiveSessions(ClientSessionOptions options, TimeProvider time, ILogger<LiveSessions> logger, IHostApplicationLifetime? lifetime = null)
    {
        (_options, _time, _logger) = (options, time, logger);
        _memory = new(_options.MaxKeptBytesInAll);
        _places = new(_options, _memory);
        var shortest = Math.Min(Math.Min(_options.IdleLimit.Ticks, _options.KeepFor.Ticks), _options.MaxAge.Ticks) / 4;
        var pause = TimeSpan.FromTicks(Math.Clamp(shortest, TimeSpan.TicksPerSecond / 4, LongestSweep.Ticks));
        _sweep = time.CreateTimer(static table => ((LiveSessions)table!).Sweep(), this, pause, pause);

        // Open streams would hold the server up until it gives up on them.
        _stopping = lifetime?.ApplicationStopping.Register(() => EndAll(static _ => true)) ?? default;
    }

    /// <summary>How many there are.</summary>
    public int Count => _sessions.Count;

    /// <summary>Those that made room for others, since the start.</summary>
    public long Displaced => Volatile.Read(ref _displaced);

    /// <summary>Those that there was no place for, since the start.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>What they keep for replay, in bytes.</summary>
    public long KeptBytes => _memory.Bytes;

    /// <summary>The session, marked as used now; null when it is not here (any more).</summary>
    public ClientSession? Find(Guid id)
    {
        if (_sessions.TryGetValue(id, out var session))
        {
            session.LastUsed = _time.GetTimestamp();
            return session;
        }

        return null;
    }

    /// <summary>Opens a session, kept for replay or not; null and why when there is no place: 429 for the caller, 503 for everybody.</summary>
    public ClientSession? Open(McpSession info, bool replays, out McpError? refusal)
    {
        ClientSession? opened = null;
        ClientSession? gives;
        lock (_gate)
        {
            if (_places.TryFind(info.Caller, out gives, out refusal))
            {
                if (gives is not null)
                {
                    Remove(gives);
                    _displaced++;
                }

                opened = new(info, _options, replays ? _places.MemoryOf(info.Caller.Tenant) : null, _time);
                _sessions[info.Id] = opened;
                _places.Add(opened);
            }
            else
            {
                _refused++;
            }
        }

        if (gives is not null)
        {
            Finish(gives);
        }

        return opened;
    }

    /// <summary>Ends a session: running requests are cancelled, questions fail, streams end, the server's state is disposed. Twice does nothing.</summary>
    public void End(ClientSession session)
    {
        lock (_gate)
        {
            Remove(session);
        }

        Finish(session);
    }

    /// <summary>Cancels what runs in all of them.</summary>
    public void CancelRequests()
    {
        foreach (var (_, session) in _sessions)
        {
            session.Running.CancelAll();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _sweep.Dispose();
        EndAll(static _ => true);
    }

    /// <summary>Those that <paramref name="which"/> picks.</summary>
    public IReadOnlyList<ClientSession> Where(Func<ClientSession, bool> which) => [.. _sessions.Values.Where(which)];

    /// <summary>Ends some and tells how many.</summary>
    public int EndAll(Func<ClientSession, bool> which)
    {
        var ended = 0;
        foreach (var (_, session) in _sessions)
        {
            if (which(session))
            {
                End(session);
                ended++;
            }
        }

        return ended;
    }

    private void Sweep()
    {
        foreach (var (_, session) in _sessions)
        {
            if ((!session.IsBusy && _time.GetElapsedTime(session.LastUsed) >= _options.IdleLimit) || IsTooOld(session))
            {
                End(session);
            }
            else
            {
                session.Streams?.Sweep();
            }
        }
    }

    /// <summary>A stream keeps a session from being idle, and nothing keeps it from getting old; what runs may end first.</summary>
    private bool IsTooOld(ClientSession session) => session.Running.Count == 0 && _time.GetUtcNow() - session.Info.CreatedAt >= _options.MaxAge;

    private void Remove(ClientSession session)
    {
        if (_sessions.TryRemove(session.Info.Id, out _))
        {
            _places.Remove(session);
        }
    }

    private void Finish(ClientSession session)
    {
        if (session.End() is { } state)
        {
            _ = Dispose(state);
        }
    }

    private async Task Dispose(IAsyncDisposable state)
    {
        // Whoever ended the session does not wait for what the server has to close.
        await Task.Yield();
        try
        {
            await state.DisposeAsync();
        }
        catch (Exception failure)
        {
            StateFailed(_logger, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What belonged to an MCP session could not be closed.")]
    private static partial void StateFailed(ILogger logger, Exception failure);
}
