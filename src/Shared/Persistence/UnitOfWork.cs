using McpPlatform.Kernel;
using McpPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace McpPlatform.Persistence;

internal sealed class UnitOfWork<TContext>(TContext context, EventOutbox outbox, OutboxSignal<TContext> signal, TimeProvider clock) : IUnitOfWork, IInbox
    where TContext : ServiceDbContext
{
    private IDbContextTransaction? _transaction;
    private int _depth;

    public async Task Begin(CancellationToken cancellationToken)
    {
        if (_depth++ == 0)
        {
            // What was read before, outside of any transaction, may be stale by now.
            context.ChangeTracker.Clear();
            _transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        }
    }

    public async Task<Error?> Commit(CancellationToken cancellationToken)
    {
        try
        {
            var events = outbox.Take();
            context.OutboxMessages.AddRange(events);
            await context.SaveChangesAsync(cancellationToken);
            if (--_depth > 0)
            {
                return null;
            }

            await _transaction!.CommitAsync(cancellationToken);
            await Close();
            signal.Set();
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            await Rollback();
            return Error.Conflict("record.changed", "Somebody else changed this meanwhile. Read it again and repeat your change.");
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } taken)
        {
            await Rollback();
            return Error.Conflict("record.exists", $"Another record already has this value ({taken.ConstraintName}). Choose another one.");
        }
    }

    public async Task Rollback()
    {
        outbox.Clear();
        context.ChangeTracker.Clear();
        _depth = 0;
        if (_transaction is not null)
        {
            await _transaction.RollbackAsync(CancellationToken.None);
            await Close();
        }
    }

    /// <inheritdoc />
    public async Task Process(string consumer, Guid messageId, Func<Task> handle, CancellationToken cancellationToken)
    {
        await Begin(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var isNew = await context.Database.ExecuteSqlAsync(
                $"INSERT INTO processed_messages (consumer, message_id, processed_at) VALUES ({consumer}, {messageId}, {now}) ON CONFLICT DO NOTHING",
                cancellationToken);
            if (isNew == 0)
            {
                await Rollback();
                return;
            }

            await handle();
            if (_depth == 0)
            {
                throw new InvalidOperationException($"{consumer} rolled its unit of work back without throwing: message {messageId} would be lost.");
            }

            if (await Commit(cancellationToken) is { } refused)
            {
                throw new InvalidOperationException($"{consumer} could not store the effect of message {messageId}: {refused.Code}.");
            }
        }
        catch
        {
            await Rollback();
            throw;
        }
    }

    private async Task Close()
    {
        await _transaction!.DisposeAsync();
        _transaction = null;
    }
}
