namespace McpPlatform.Kernel;

/// <summary>A row that belongs to one tenant: filtered on every query, and by row-level security underneath.</summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}

/// <summary>A record whose every change is written to the audit trail in the same transaction.</summary>
public interface IAudited
{
    Guid Id { get; }

    /// <summary>What people call it (a slug, a name); never a secret.</summary>
    string AuditName { get; }
}
