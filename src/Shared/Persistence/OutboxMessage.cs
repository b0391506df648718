using System.Text.Json;
using McpPlatform.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace McpPlatform.Persistence;

/// <summary>An event that was committed with its change and is not yet known to be delivered. The row goes when it is.</summary>
public sealed class OutboxMessage
{
    private OutboxMessage()
    {
        // EF
    }

    internal OutboxMessage(Guid id, string type, string payload, DateTimeOffset createdAt, string? traceParent = null) =>
        (Id, Type, Payload, CreatedAt, TraceParent) = (id, type, payload, createdAt, traceParent);

    /// <summary>Order of creation. Changes of one record commit in this order, since each of them read what the one before had committed.</summary>
    public long Sequence { get; private set; }

    /// <summary>
    /// Events with the same key are sent one after the other, in the order of <see cref="Sequence"/>. It is the event's tenant, hence also one for each
    /// record. The column is not called <c>tenant_id</c>: dispatchers work for all tenants, and no tenant reads here.
    /// </summary>
    public Guid OrderKey { get; private set; }

    /// <summary>The event's id, which becomes the message's id: consumers know a repetition by it.</summary>
    public Guid Id { get; private set; }

    /// <summary>Full name of the contract.</summary>
    public string Type { get; private set; } = "";

    public string Payload { get; private set; } = "";

    /// <summary>W3C trace context of what caused the event; null when nothing traced did. It goes out in that trace, whenever and by whichever replica.</summary>
    public string? TraceParent { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The event that it holds. Throws when this version does not know it or cannot read it.</summary>
    internal object Event()
    {
        var type = typeof(IIntegrationEvent).Assembly.GetType(Type)
            ?? throw new InvalidOperationException($"Outbox row {Sequence} holds an event that this version does not know, {Type}.");
        return JsonSerializer.Deserialize(Payload, type)
            ?? throw new InvalidOperationException($"Outbox row {Sequence} holds no event.");
    }
}

/// <summary>A message that a consumer has handled.</summary>
public sealed class ProcessedMessage
{
    private ProcessedMessage()
    {
        // EF
    }

    public string Consumer { get; private set; } = "";

    public Guid MessageId { get; private set; }

    public DateTimeOffset ProcessedAt { get; private set; }
}

internal sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox_messages");
        builder.HasKey(m => m.Sequence);
        builder.Property(m => m.Sequence).UseIdentityAlwaysColumn();
        builder.HasIndex(m => m.Id).IsUnique();
        builder.Property(m => m.Type).HasMaxLength(256);
        builder.Property(m => m.Payload).HasColumnType("jsonb");
        builder.Property(m => m.TraceParent).HasMaxLength(55);

        // PostgreSQL takes it out of the event itself: rows that the version before this one writes, or left behind, have it too.
        builder.Property(m => m.OrderKey).HasComputedColumnSql($"COALESCE((payload ->> '{nameof(IIntegrationEvent.TenantId)}')::uuid, '{Guid.Empty}'::uuid)", stored: true);
        builder.HasIndex(m => new { m.OrderKey, m.Sequence });
    }
}

internal sealed class ProcessedMessageConfiguration : IEntityTypeConfiguration<ProcessedMessage>
{
    public void Configure(EntityTypeBuilder<ProcessedMessage> builder)
    {
        builder.ToTable("processed_messages");
        builder.HasKey(m => new { m.Consumer, m.MessageId });
        builder.Property(m => m.Consumer).HasMaxLength(128);
        builder.HasIndex(m => m.ProcessedAt);
    }
}
