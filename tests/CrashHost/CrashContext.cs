using McpPlatform.Kernel;
using McpPlatform.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.CrashHost;

/// <summary>The database of the smallest module: what commands have written, and what the consumer did about it.</summary>
internal sealed class CrashContext(DbContextOptions<CrashContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Effect> Effects => Set<Effect>();
}

/// <summary>A command has committed. Its id is also the id of its event.</summary>
internal sealed class Order(Guid id)
{
    public Guid Id { get; private set; } = id;
}

/// <summary>The event of an order took effect. Nothing keeps a second one of the same order out: the tests count them.</summary>
internal sealed class Effect(Guid orderId)
{
    public long Id { get; private set; }

    public Guid OrderId { get; private set; } = orderId;
}

internal sealed class OrderConfiguration : IEntityTypeConfiguration<Order>
{
    public void Configure(EntityTypeBuilder<Order> builder) => builder.Property(o => o.Id).ValueGeneratedNever();
}
