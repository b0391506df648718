using McpPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Persistence;

/// <summary>
/// Publishes committed events and deletes each when it is delivered: in order within an order key, the keys side by side. Rows stay locked while they are
/// sent, so that replicas share the keys and no event is sent by two of them; a crash in between sends it again, and the consumers' inbox drops the
/// repetition. An event that cannot be sent or read (a newer replica wrote it) holds up its own key only.
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

    /// <summary>10 keys: enough side by side to keep a broker busy, and some are left for the other replicas.</summary>
    private const int BatchKeys = 10;

    /// <summary>Safety net under the signal: another replica's commit, or a broker that was away.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    /// <summary>What a key whose event is not confirmed may cost the other keys of the batch. 5 s: a thousand times the usual, and short for a transaction.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WaitingKeys _waiting = new(clock);

    // 5 s: the four dispatchers of a process that hosts all services stay below one line a second.
    private readonly LogGate _gate = new(clock, TimeSpan.FromSeconds(5));

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
            return await Dispatch(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The database is away: the rows stay and the next round tries again.
            if (_gate.TryPass())
            {
                DispatchFailed(logger, typeof(TContext).Name, e);
            }

            await Task.Delay(Round, clock, cancellationToken);
            return false;
        }
    }

    /// <summary>Sends one batch; true when something was sent, so that there may be more.</summary>
    private async Task<bool> Dispatch(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateSystemScope("outbox");
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var rows = await OutboxRows.Take(context, _waiting.Current(), BatchKeys, BatchSize, cancellationToken);
        if (rows.Count == 0)
        {
            return false;
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var sent = await Task.WhenAll(rows.GroupBy(r => r.OrderKey).Select(key => Send(key, either.Token, cancellationToken)));

        long[] delivered = [.. sent.SelectMany(s => s)];
        if (delivered.Length > 0)
        {
            // What was delivered is done, also when the host stops meanwhile; only the rest is sent again.
            await OutboxRows.Remove(context, delivered, CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return delivered.Length > 0;
    }

    /// <summary>Sends the rows of one key up to the first that fails; answers those that were delivered.</summary>
    private async Task<IReadOnlyList<long>> Send(IGrouping<Guid, OutboxMessage> key, CancellationToken cancellationToken, CancellationToken stopping)
    {
        var sent = new List<long>();
        foreach (var row in key)
        {
            using var span = EventSpan.Start(row);
            try
            {
                await bus.Publish(row.Event(), row.Id, cancellationToken);
                sent.Add(row.Sequence);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return sent;
            }
            catch (Exception e)
            {
                Wait(row, e is OperationCanceledException ? new EventNotDeliveredException($"It was not confirmed within {Patience.TotalSeconds} s.", e) : e);
                return sent;
            }
        }

        _waiting.Remove(key.Key);
        return sent;
    }

    private void Wait(OutboxMessage row, Exception reason)
    {
        var wait = _waiting.Add(row.OrderKey);
        if (_gate.TryPass())
        {
            EventFailed(logger, typeof(TContext).Name, row.Sequence, row.Type, row.OrderKey, wait.TotalSeconds, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Context} could not be sent; they are kept and sent again.")]
    private static partial void DispatchFailed(ILogger logger, string context, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Event {Sequence} of {Context} ({Type}) could not be sent. The events of tenant {Tenant} wait behind it; it is tried again in {Seconds} s.")]
    private static partial void EventFailed(ILogger logger, string context, long sequence, string type, Guid tenant, double seconds, Exception exception);
}
