using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Persistence;

/// <summary>Forgets handled messages after a week: far longer than any repetition (outbox, spool and broker resend within minutes).</summary>
internal sealed partial class InboxCleanup<TContext>(
    IServiceScopeFactory scopes,
    DatabaseMigrator<TContext> database,
    TimeProvider clock,
    ILogger<InboxCleanup<TContext>> logger) : BackgroundService
    where TContext : ServiceDbContext
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryForget(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryForget(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateSystemScope("inbox-cleanup");
            var before = clock.GetUtcNow() - Kept;
            await scope.ServiceProvider.GetRequiredService<TContext>().ProcessedMessages
                .Where(m => m.ProcessedAt < before)
                .ExecuteDeleteAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            CleanupFailed(logger, typeof(TContext).Name, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old inbox rows of {Context} could not be removed; tried again in an hour.")]
    private static partial void CleanupFailed(ILogger logger, string context, Exception exception);
}
