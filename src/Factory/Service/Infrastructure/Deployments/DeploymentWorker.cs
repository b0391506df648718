using McpPlatform.Factory.Domain;
using McpPlatform.Hosting;
using McpPlatform.Kernel;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Keeps one runner per deployment that is this factory's, and the leases that say so.</summary>
internal sealed partial class DeploymentWorker(
    IServiceProvider services,
    IEnumerable<IDatabaseMigrator> databases,
    PlatformFolders folders,
    DeploymentRecords records,
    DeploymentSignal signal,
    ILogger<DeploymentWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Who wakes us commits right after.
    private static readonly TimeSpan Commit = TimeSpan.FromMilliseconds(30);
    private readonly Dictionary<Guid, (DeploymentRunner Runner, Task Task, CancellationTokenSource Stop)> _runners = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await databases.Single(d => d.Module == FactoryModule.Name).Ready.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        using var node = FactoryNode.Open(folders.Of("factory"));
        var tools = ActivatorUtilities.CreateInstance<RunnerTools>(services);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Assign(await records.Claim(node.Id, stoppingToken), node.Id, tools);
                if (await signal.Wait(Pause, stoppingToken))
                {
                    await Task.Delay(Commit, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception away)
            {
                // What runs goes on; leases are renewed when the database is back.
                RoundFailed(logger, away);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }

        await StopAll();
        await Release(node.Id);
    }

    private void Assign(IReadOnlyList<(Guid Id, long Generation)> mine, Guid factory, RunnerTools tools)
    {
        foreach (var (id, entry) in _runners.Where(r => r.Value.Task.IsCompleted).ToList())
        {
            entry.Stop.Dispose();
            _runners.Remove(id);
        }

        foreach (var (id, generation) in mine)
        {
            if (_runners.TryGetValue(id, out var running))
            {
                running.Runner.Notice(generation);
                continue;
            }

            var runner = new DeploymentRunner(id, factory, tools);
            var stop = new CancellationTokenSource();
            _runners[id] = (runner, Task.Run(() => runner.Run(stop.Token), CancellationToken.None), stop);
        }

        var kept = mine.Select(m => m.Id).ToHashSet();
        foreach (var (_, entry) in _runners.Where(r => !kept.Contains(r.Key)))
        {
            entry.Stop.Cancel(); // gone, or another factory's: it ends its process and itself
        }
    }

    private async Task StopAll()
    {
        foreach (var (_, _, stop) in _runners.Values)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(_runners.Values.Select(r => r.Task));
    }

    private async Task Release(Guid factory)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await records.Release(factory, limit.Token);
        }
        catch (Exception away)
        {
            ReleaseFailed(logger, away); // leases end by themselves
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deployments could not be looked at; the next round is in a second.")]
    private static partial void RoundFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leases could not be given back; others take over when they end.")]
    private static partial void ReleaseFailed(ILogger logger, Exception exception);
}
