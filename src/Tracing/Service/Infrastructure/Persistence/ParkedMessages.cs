using McpPlatform.Tracing.Application.DeadLetters;
using McpPlatform.Tracing.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Tracing.Infrastructure.Persistence;

internal sealed class ParkedMessages(TracingDbContext context) : IParkedMessages
{
    public Task<ParkedMessage?> Lock(Guid id, CancellationToken cancellationToken) =>
        context.ParkedMessages.FromSql($"SELECT * FROM dead_letters WHERE id = {id} FOR UPDATE").FirstOrDefaultAsync(cancellationToken);

    public async Task<IReadOnlyList<ParkedMessage>> LockParked(string queue, int atMost, CancellationToken cancellationToken) =>
        await context.ParkedMessages
            .FromSql($"SELECT * FROM dead_letters WHERE queue = {queue} AND state = 'Parked' ORDER BY died_at, id LIMIT {atMost} FOR UPDATE SKIP LOCKED")
            .ToListAsync(cancellationToken);

    public Task<int> CountParked(string? queue, CancellationToken cancellationToken) =>
        context.ParkedMessages.CountAsync(m => m.State == ParkedState.Parked && (queue == null || m.Queue == queue), cancellationToken);

    public void Add(ParkedMessage message) => context.ParkedMessages.Add(message);

    public async Task<IReadOnlyList<DeadLetterSummary>> List(string? queue, ParkedState? state, DeadLetterPosition? after, int limit, CancellationToken cancellationToken)
    {
        var letters = context.ParkedMessages.AsNoTracking();
        letters = queue is null ? letters : letters.Where(m => m.Queue == queue);
        letters = state is null ? letters : letters.Where(m => m.State == state);
        letters = after is { } key ? letters.Where(m => EF.Functions.LessThan(ValueTuple.Create(m.DiedAt, m.Id), ValueTuple.Create(key.DiedAt, key.Id))) : letters;
        return await letters.OrderByDescending(m => m.DiedAt).ThenByDescending(m => m.Id).Take(limit)
            .Select(m => new DeadLetterSummary(
                m.Id, m.Queue, m.MessageType, m.MessageId, m.MessageTenant, m.Kind, m.Reason, m.BodyBytes, m.State, m.Times, m.FirstDiedAt, m.DiedAt, m.SettledAt))
            .ToListAsync(cancellationToken);
    }

    public Task<ParkedMessage?> Find(Guid id, CancellationToken cancellationToken) =>
        context.ParkedMessages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
}
