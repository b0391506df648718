using McpPlatform.Kernel;

namespace McpPlatform.Factory.Domain;

/// <summary>A value that packs use by name. Goes in, never comes out again but into a running deployment.</summary>
public sealed class StoredSecret : ITenantOwned, IAudited
{
    public const int MaxName = 100;

    private StoredSecret()
    {
        // EF
    }

    public StoredSecret(Guid id, Guid tenantId, string name) => (Id, TenantId, Name) = (id, tenantId, name);

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Name { get; private set; } = "";

    public string Ciphertext { get; private set; } = "";

    /// <summary>Hosts (<c>host[:port]</c>, <c>*.example.com</c>) that may receive it; empty: whatever host a pack of the tenant names.</summary>
    public IReadOnlyList<string> AllowedHosts { get; private set; } = [];

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <inheritdoc />
    public string AuditName => Name;

    /// <summary>Where its ciphertext lives.</summary>
    public SecretPlace Place => new(TenantId, Id, "value");

    public void Set(string ciphertext, IReadOnlyList<string> allowedHosts, DateTimeOffset now) => (Ciphertext, AllowedHosts, UpdatedAt) = (ciphertext, allowedHosts, now);
}
