using McpPlatform.Mcp.Upstream;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Compares what the pool believes with what the operating system shows: processes of an earlier life of this gateway, and those of this life that belong to no place,
/// are killed; connections whose process is gone are let go.
/// </summary>
internal sealed partial class ProcessReaper(ChildMarks marks, UpstreamPool pool, IOptions<GatewayOptions> options, TimeProvider time, ILogger<ProcessReaper> logger) : BackgroundService
{
    private long _orphans;
    private long _lost;
    private long _buried;

    /// <summary>Processes without an owner that were killed, since the start.</summary>
    public long Orphans => Volatile.Read(ref _orphans);

    /// <summary>Connections that were let go because their process was gone, since the start.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Dead processes that were adopted and buried, since the start; only where the gateway is the first process, as in a container.</summary>
    public long Buried => Volatile.Read(ref _buried);

    /// <summary>One comparison.</summary>
    internal void Reconcile()
    {
        Interlocked.Add(ref _lost, pool.DropBroken());
        var marked = new List<(OsProcess Process, string Mark)>();
        foreach (var process in OsProcesses.All().Where(process => !process.IsZombie))
        {
            if (OsProcesses.MarkOf(process.Id) is { } mark && marks.IsOurs(mark))
            {
                marked.Add((process, mark));
            }
        }

        // After the processes: whatever was seen had its place before it was started.
        var known = pool.Places.Taken.Select(place => place.Mark).ToHashSet();
        var orphans = marked.FindAll(found => !known.Contains(found.Mark));
        foreach (var (process, _) in orphans)
        {
            OsProcesses.Kill(process);
        }

        if (orphans.Count > 0)
        {
            Interlocked.Add(ref _orphans, orphans.Count);
            Killed(logger, orphans.Count);
        }

        if (Environment.ProcessId == 1)
        {
            Interlocked.Add(ref _buried, OsProcesses.BuryAdopted());
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReapInterval, time);
        try
        {
            do
            {
                Reconcile();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} processes of stdio servers had no owner any more and were killed.")]
    private static partial void Killed(ILogger logger, int count);
}
