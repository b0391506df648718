using System.Text.Json;
using System.Threading.Channels;
using McpPlatform.Contracts;
using McpPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Persistence;

/// <summary>Wakes the dispatcher right after a commit, so that events do not wait for its next round.</summary>
internal sealed class OutboxSignal<TContext>
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _signal.Writer.TryWrite(true);

    public async Task Wait(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody called: the next round is due.
        }
    }
}

/// <summary>
/// Publishes committed events in order and deletes each when it is delivered. Rows are locked while they are sent (SKIP LOCKED), so that replicas
/// do not send the same one; a crash in between sends it again, and the consumers' inbox drops the repetition.
/// </summary>
internal sealed partial class OutboxDispatcher<TContext>(
    IServiceScopeFactory scopes,
    IEventBus bus,
    OutboxSignal<TContext> signal,
    DatabaseMigrator<TContext> database,
    TimeProvider clock,
    ILogger<OutboxDispatcher<TContext>> logger) : BackgroundService
    where TContext : ServiceDbContext
{
    /// <summary>100 rows: a transaction of well under a second, bounded memory.</summary>
    private const int BatchSize = 100;

    /// <summary>Safety net under the signal: another replica's commit, or a broker that was away.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.Ready.WaitAsync(stoppingToken);
            while (true)
            {
                var more = bus.IsReady && await TryDispatch(stoppingToken);
                if (!more)
                {
                    await signal.Wait(Round, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is left is sent at the next start.
        }
    }

    private async Task<bool> TryDispatch(CancellationToken cancellationToken)
    {
        try
        {
            return await Dispatch(cancellationToken) == BatchSize;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it is (database away, broker away, an unreadable row), the rows stay and the next round tries again.
            DispatchFailed(logger, typeof(TContext).Name, e);
            await Task.Delay(Round, clock, cancellationToken);
            return false;
        }
    }

    private async Task<int> Dispatch(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateSystemScope("outbox");
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var rows = await context.OutboxMessages
            .FromSql($"SELECT * FROM outbox_messages ORDER BY sequence LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var sent = new List<long>(rows.Count);
        try
        {
            foreach (var row in rows.OrderBy(r => r.Sequence))
            {
                await bus.Publish(Read(row), row.Id, cancellationToken);
                sent.Add(row.Sequence);
            }
        }
        finally
        {
            // What was delivered before a failure is done; only the rest is sent again.
            if (sent.Count > 0)
            {
                await context.OutboxMessages.Where(m => sent.Contains(m.Sequence)).ExecuteDeleteAsync(CancellationToken.None);
                await transaction.CommitAsync(CancellationToken.None);
            }
        }

        return rows.Count;
    }

    private static object Read(OutboxMessage row)
    {
        var type = typeof(IIntegrationEvent).Assembly.GetType(row.Type)
            ?? throw new InvalidOperationException($"Outbox row {row.Sequence} holds an unknown event, {row.Type}.");
        return JsonSerializer.Deserialize(row.Payload, type)!;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Context} could not be sent; they are kept and sent again.")]
    private static partial void DispatchFailed(ILogger logger, string context, Exception exception);
}
