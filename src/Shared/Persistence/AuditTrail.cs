using McpPlatform.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace McpPlatform.Persistence;

/// <summary>Turns the tracked changes of audited records into audit rows, so that no use case can forget to.</summary>
internal static class AuditTrail
{
    public static void Append(ServiceDbContext context)
    {
        context.ChangeTracker.DetectChanges();
        var now = Clock(context).GetUtcNow();
        var entries = context.ChangeTracker.Entries<IAudited>()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .Select(e => Entry(context.Tenant, now, e))
            .ToArray();
        context.AuditEntries.AddRange(entries);
    }

    private static TimeProvider Clock(ServiceDbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<TimeProvider>() ?? TimeProvider.System;

    private static AuditEntry Entry(TenantContext tenant, DateTimeOffset now, EntityEntry<IAudited> entry)
    {
        var owner = entry.Entity is ITenantOwned owned ? owned.TenantId : tenant.TenantId ?? DefaultTenant.Id;
        var action = entry.State switch { EntityState.Added => "created", EntityState.Deleted => "deleted", _ => "updated" };
        var changed = entry.State == EntityState.Modified
            ? entry.Properties.Where(p => p.IsModified).Select(p => SnakeCase.Of(p.Metadata.Name)).Order(StringComparer.Ordinal).ToArray()
            : [];
        return new AuditEntry(owner, now, tenant.Actor, tenant.RequestId, action, entry.Metadata.ClrType.Name, entry.Entity.Id, entry.Entity.AuditName, changed);
    }
}
