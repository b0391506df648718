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

/// <summary>A row that is written once. The service's database role may add and read such rows, and neither change nor delete them.</summary>
public interface IAppendOnly;
