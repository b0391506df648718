namespace McpPlatform.Kernel;

/// <summary>
/// For whom the current unit of work runs. One per dependency-injection scope: set once by the edge (authenticated caller), by a consumer
/// (the message's tenant) or by a background job (<see cref="EnterSystem"/>). Query filters and row-level security read it; unset means that no
/// tenant's rows are visible.
/// </summary>
public sealed class TenantContext
{
    /// <summary>The tenant whose rows are visible; null outside of any tenant.</summary>
    public Guid? TenantId { get; private set; }

    /// <summary>True for jobs of the platform itself that work on all tenants (snapshots, dispatchers, retention).</summary>
    public bool IsSystem { get; private set; }

    /// <summary>Who acts, for the audit trail: a principal's subject, or <c>system:{job}</c>.</summary>
    public string Actor { get; private set; } = "anonymous";

    /// <summary>The id that the caller sees in answers and errors; empty for jobs.</summary>
    public string RequestId { get; private set; } = "";

    /// <summary>Enters a tenant on behalf of somebody.</summary>
    public void Enter(Guid tenantId, string actor, string requestId = "")
    {
        (TenantId, IsSystem, Actor, RequestId) = (tenantId, false, actor, requestId);
    }

    /// <summary>Works on all tenants. Rows it adds must set their tenant themselves.</summary>
    public void EnterSystem(string job)
    {
        (TenantId, IsSystem, Actor, RequestId) = (null, true, $"system:{job}", "");
    }
}

/// <summary>The tenant that exists from the first start on.</summary>
public static class DefaultTenant
{
    public const string Slug = "default";

    public static Guid Id { get; } = new("00000000-0000-7000-8000-000000000001");
}
