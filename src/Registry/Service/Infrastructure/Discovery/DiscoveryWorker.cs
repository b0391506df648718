using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Registry.Application.Discovery;
using McpPlatform.Registry.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace McpPlatform.Registry.Infrastructure.Discovery;

/// <summary>
/// Looks at servers when they are due: new and changed ones at once, the others on schedule. Claiming one moves its due time ahead by a lease, so that
/// no other replica and no later round takes it as well; a crash only delays it.
/// </summary>
internal sealed partial class DiscoveryWorker(
    IServiceScopeFactory scopes,
    IEnumerable<IDatabaseMigrator> databases,
    IOptions<RegistryOptions> options,
    TimeProvider clock,
    ILogger<DiscoveryWorker> logger) : BackgroundService
{
    /// <summary>Half a second: how long a new server waits for its first look; one indexed query each.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(500);

    /// <summary>One minute: longer than a look may take (connect 2 s, first byte 30 s).</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await databases.Single(d => d.Module == RegistryModule.Name).Ready.WaitAsync(stoppingToken);
            var running = new List<Task>();
            while (true)
            {
                running.RemoveAll(t => t.IsCompleted);
                foreach (var due in await TryClaim(options.Value.DiscoveryParallelism - running.Count, stoppingToken))
                {
                    running.Add(TryDiscover(due, stoppingToken));
                }

                await Task.Delay(Round, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; whatever was claimed is due again when its lease ends.
        }
    }

    private async Task<IReadOnlyList<DueServer>> TryClaim(int atMost, CancellationToken cancellationToken)
    {
        if (atMost <= 0)
        {
            return [];
        }

        try
        {
            await using var scope = scopes.CreateSystemScope("discovery");
            var now = clock.GetUtcNow();
            return await scope.ServiceProvider.GetRequiredService<RegistryDbContext>().Database.SqlQuery<DueServer>($"""
                UPDATE servers SET seen_due_at = {now + Lease} WHERE id IN (
                    SELECT id FROM servers WHERE deleted_at IS NULL AND enabled AND seen_due_at <= {now} ORDER BY seen_due_at LIMIT {atMost} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Id", tenant_id AS "TenantId"
                """).ToListAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            ClaimFailed(logger, e);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            return [];
        }
    }

    private async Task TryDiscover(DueServer due, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(due.TenantId, "system:discovery");
            var result = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new DiscoverNow(due.Id.ToString()), cancellationToken);
            if (result.Error is { Kind: ErrorKind.Unavailable })
            {
                await Postpone(due, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            DiscoveryFailed(logger, due.Id, e);
        }
    }

    // No gateway was there: that is no failure of the server, and a gateway is back within seconds.
    private async Task Postpone(DueServer due, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateSystemScope("discovery");
        await scope.ServiceProvider.GetRequiredService<RegistryDbContext>().Database
            .ExecuteSqlAsync($"UPDATE servers SET seen_due_at = {clock.GetUtcNow() + TimeSpan.FromSeconds(2)} WHERE id = {due.Id}", cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Servers that are due could not be read; tried again.")]
    private static partial void ClaimFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking at server {ServerId} failed; it is due again when its lease ends.")]
    private static partial void DiscoveryFailed(ILogger logger, Guid serverId, Exception exception);

    private sealed record DueServer(Guid Id, Guid TenantId);
}
