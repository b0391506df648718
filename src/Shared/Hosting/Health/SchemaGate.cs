using McpPlatform.Kernel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Hosting.Health;

/// <summary>
/// Opens each module's database for background work: a process that hosts everything migrates itself, any other one waits until the migrate verb was
/// run. Tries for as long as it takes, beside the listening server.
/// </summary>
internal sealed partial class SchemaGate(IEnumerable<IDatabaseMigrator> databases, HostShape shape, TimeProvider clock, ILogger<SchemaGate> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(databases.Select(d => Open(d, stoppingToken)));

    private async Task Open(IDatabaseMigrator database, CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryOpen(database, cancellationToken))
            {
                await Task.Delay(Between, clock, cancellationToken);
            }

            database.MarkReady();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<bool> TryOpen(IDatabaseMigrator database, CancellationToken cancellationToken)
    {
        try
        {
            if (shape.HostsEverything)
            {
                await database.Migrate(cancellationToken);
            }

            return await database.IsCurrent(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            NotYet(logger, database.Module, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database of {Module} cannot be opened yet; trying again every second.")]
    private static partial void NotYet(ILogger logger, string module, Exception exception);
}
