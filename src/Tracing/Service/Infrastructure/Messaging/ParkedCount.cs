using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Application.DeadLetters;

namespace McpPlatform.Tracing.Infrastructure.Messaging;

/// <summary>Counts the dead letters that wait for somebody, for the metric of that name: what is observed must not ask a database while it is read.</summary>
internal sealed partial class ParkedCount(IServiceScopeFactory scopes, IEnumerable<IDatabaseMigrator> databases, TimeProvider clock, ILogger<ParkedCount> logger) : BackgroundService
{
    /// <summary>10 s: an alert waits for minutes, and the count of few rows costs nothing.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private bool _failed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await databases.Single(d => d.Module == TracingModule.Name).Ready.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Between, clock);
            do
            {
                await TryCount(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryCount(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateSystemScope("metrics");
            TracingMetrics.Parked = await scope.ServiceProvider.GetRequiredService<IParkedMessages>().CountParked(null, cancellationToken);
            _failed = false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            TracingMetrics.Parked = null;
            if (!_failed)
            {
                _failed = true;
                CountingFailed(logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letters cannot be counted; their metric is absent until they can.")]
    private static partial void CountingFailed(ILogger logger, Exception exception);
}
