using MassTransit;
using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.IntegrationTests.Storage;

/// <summary>The smallest module that has everything: a tenant-owned, audited record, an event, a competing consumer.</summary>
internal sealed class LedgerContext(DbContextOptions<LedgerContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<Entry> Entries => Set<Entry>();
}

internal sealed class Entry(Guid id, Guid tenantId, string name) : ITenantOwned, IAudited
{
    public Guid Id { get; private set; } = id;

    public Guid TenantId { get; private set; } = tenantId;

    public string Name { get; private set; } = name;

    public string AuditName => Name;

    public void Rename(string name) => Name = name;
}

internal sealed class EntryConfiguration : IEntityTypeConfiguration<Entry>
{
    public void Configure(EntityTypeBuilder<Entry> builder)
    {
        builder.Property(e => e.Name).HasMaxLength(64);
        builder.HasIndex(e => new { e.TenantId, e.Name }).IsUnique();
        builder.Ignore(e => e.AuditName);
    }
}

/// <summary>Adds one entry per event; fails as often as it is told to.</summary>
internal sealed class EntryConsumer(LedgerContext ledger, ConsumerFaults faults) : IConsumer<PolicyPublished>
{
    public Task Consume(ConsumeContext<PolicyPublished> context)
    {
        faults.Seen();
        ledger.Entries.Add(new Entry(Guid.CreateVersion7(), context.Message.TenantId, $"event-{context.Message.Version}-{Guid.NewGuid():n}"));
        faults.MaybeFail();
        return Task.CompletedTask;
    }
}

internal sealed class ConsumerFaults
{
    private int _failures;
    private int _seen;

    public int Attempts => Volatile.Read(ref _seen);

    public void FailNext(int times) => Volatile.Write(ref _failures, times);

    public void Seen() => Interlocked.Increment(ref _seen);

    public void MaybeFail()
    {
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new InvalidOperationException("Told to fail.");
        }
    }
}
