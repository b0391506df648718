using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Persistence;

/// <summary>
/// What a dispatcher takes from the outbox for one transaction. Of each order key one dispatcher at a time takes rows, whichever replica it runs in:
/// that alone keeps the order within the key, while other keys go on elsewhere.
/// </summary>
internal static class OutboxRows
{
    /// <summary>Sets the keys' advisory locks apart from others of this database.</summary>
    private const long LockSeed = 0x6F7574626F78;

    /// <summary>
    /// Locks, until the transaction ends, the first row of up to <paramref name="keys"/> keys that nobody else holds (none of <paramref name="waiting"/>),
    /// oldest first, then rows behind them: at most <paramref name="rows"/> in all, in order. Never waits for a lock.
    /// </summary>
    /// <remarks>
    /// A row lock on the head keeps other dispatchers away from what they can see, also those of the version before this one, which know no keys. It is not
    /// enough alone: a row with a smaller number may commit later than the head that is being sent, and become a second head. Hence the lock on the key.
    /// The heads are found by jumping from key to key along the index: a backlog of one key costs the others nothing.
    /// </remarks>
    public static async Task<IReadOnlyList<OutboxMessage>> Take(ServiceDbContext context, Guid[] waiting, int keys, int rows, CancellationToken cancellationToken)
    {
        var heads = await context.OutboxMessages
            .FromSql($"""
                WITH RECURSIVE heads AS (
                    (SELECT order_key, sequence FROM outbox_messages ORDER BY order_key, sequence LIMIT 1)
                    UNION ALL
                    SELECT following.order_key, following.sequence FROM heads, LATERAL (
                        SELECT order_key, sequence FROM outbox_messages m WHERE m.order_key > heads.order_key ORDER BY m.order_key, m.sequence LIMIT 1) following
                ), locked AS (
                    SELECT m.* FROM outbox_messages m JOIN heads ON heads.sequence = m.sequence
                    WHERE m.order_key <> ALL ({waiting})
                    ORDER BY m.sequence LIMIT {keys} FOR UPDATE OF m SKIP LOCKED
                )
                SELECT * FROM locked WHERE pg_try_advisory_xact_lock(hashtextextended(order_key::text, {LockSeed}))
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (heads.Count == 0)
        {
            return heads;
        }

        var held = heads.Select(h => h.OrderKey).ToArray();
        var taken = heads.Select(h => h.Sequence).ToArray();
        var followers = await context.OutboxMessages
            .FromSql($"""
                SELECT * FROM outbox_messages WHERE order_key = ANY ({held}) AND sequence <> ALL ({taken})
                ORDER BY sequence LIMIT {rows - heads.Count} FOR UPDATE SKIP LOCKED
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return [.. heads.Concat(followers).OrderBy(m => m.Sequence)];
    }

    /// <summary>Removes what was delivered.</summary>
    public static Task Remove(ServiceDbContext context, IReadOnlyCollection<long> sent, CancellationToken cancellationToken) =>
        context.OutboxMessages.Where(m => sent.Contains(m.Sequence)).ExecuteDeleteAsync(cancellationToken);
}
