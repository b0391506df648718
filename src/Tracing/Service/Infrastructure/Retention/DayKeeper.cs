using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Application.Retention;
using MediatR;

namespace McpPlatform.Tracing.Infrastructure.Retention;

/// <summary>Opens tomorrow and drops what is too old, at start and every ten minutes. Replicas may do so at once.</summary>
internal sealed partial class DayKeeper(IServiceScopeFactory scopes, IEnumerable<IDatabaseMigrator> databases, TimeProvider clock, ILogger<DayKeeper> logger)
    : BackgroundService
{
    /// <summary>Ten minutes: tomorrow is opened a day ahead, so that hundreds of rounds may fail before a batch has to open its day itself.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await databases.Single(d => d.Module == TracingModule.Name).Ready.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Between, clock);
            do
            {
                await TryKeep(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryKeep(CancellationToken cancellationToken)
    {
        try
        {
            // Two transactions: dropping waits for readers and may give up; that must not take tomorrow's partition with it.
            await Send(new OpenDays(), cancellationToken);
            foreach (var partition in (await Send(new DropExpiredDays(), cancellationToken)).Value)
            {
                Dropped(logger, partition);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            KeepingFailed(logger, Between.TotalMinutes, e);
        }
    }

    private async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateSystemScope("retention");
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Calls older than the retention were dropped with {Partition}.")]
    private static partial void Dropped(ILogger logger, string partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partitions could not be kept; tried again in {Minutes} minutes.")]
    private static partial void KeepingFailed(ILogger logger, double minutes, Exception exception);
}
