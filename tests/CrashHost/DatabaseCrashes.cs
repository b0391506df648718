using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace McpPlatform.CrashHost;

/// <summary>The places at a commit: of the command, of the outbox dispatcher (once the event is published) and of the consumer.</summary>
internal sealed class DatabaseCrashes(CrashPoint point, BusCrashes bus) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        Reach(eventData.Context!, CrashPoint.BeforeCommit, CrashPoint.BeforeInboxCommit);
        return ValueTask.FromResult(result);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Reach(eventData.Context!, CrashPoint.AfterCommit, CrashPoint.AfterInboxCommit);
        if (bus.IsPublished && !eventData.Context!.ChangeTracker.Entries().Any())
        {
            point.Reach(CrashPoint.AfterMark);
        }

        return Task.CompletedTask;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Reach(eventData.Context!, "", CrashPoint.InConsume);
        return ValueTask.FromResult(result);
    }

    // Whose transaction it is shows in what it has written.
    private void Reach(DbContext context, string inCommand, string inConsumer)
    {
        if (context.ChangeTracker.Entries<Order>().Any(e => point.IsOf(e.Entity.Id)))
        {
            point.Reach(inCommand);
        }

        if (context.ChangeTracker.Entries<Effect>().Any(e => point.IsOf(e.Entity.OrderId)))
        {
            point.Reach(inConsumer);
        }
    }
}
