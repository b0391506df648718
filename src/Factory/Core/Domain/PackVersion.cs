using McpPlatform.Kernel;

namespace McpPlatform.Factory.Domain;

/// <summary>One version of a pack, compiled. Immutable: another content is another version.</summary>
public sealed class PackVersion : ITenantOwned, IAudited
{
    public const int MaxNamespace = 128;
    public const int MaxName = 63;
    public const int MaxVersion = 64;

    private PackVersion()
    {
        // EF
    }

    public PackVersion(Guid id, Guid tenantId, string @namespace, string name, string version, string title, DateTimeOffset createdAt) =>
        (Id, TenantId, Namespace, Name, Version, Title, CreatedAt) = (id, tenantId, @namespace, name, version, title, createdAt);

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Namespace { get; private set; } = "";

    public string Name { get; private set; } = "";

    public string Version { get; private set; } = "";

    public string Title { get; private set; } = "";

    /// <summary>Canonical content of <c>pack.lock.json</c>.</summary>
    public byte[] Lock { get; private set; } = [];

    /// <summary>Hash of <see cref="Lock"/>.</summary>
    public string LockHash { get; private set; } = "";

    /// <summary>Hash of the tools that a server of this pack lists.</summary>
    public string ToolsHash { get; private set; } = "";

    public int ToolCount { get; private set; }

    /// <summary>Every <c>host:port</c> that its calls may go to.</summary>
    public IReadOnlyList<string> Hosts { get; private set; } = [];

    /// <summary>Names of the secrets that its credentials use.</summary>
    public IReadOnlyList<string> SecretNames { get; private set; } = [];

    /// <summary>What the compiler had to say, as JSON; for people.</summary>
    public string Report { get; private set; } = "{}";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary><c>namespace/name</c>.</summary>
    public string FullName => $"{Namespace}/{Name}";

    /// <inheritdoc />
    public string AuditName => $"{FullName}@{Version}";

    /// <summary>Takes the result of compiling. Called once, before the version is stored.</summary>
    public void Take(byte[] content, string hash, string toolsHash, int tools, IReadOnlyList<string> hosts, IReadOnlyList<string> secrets, string report) =>
        (Lock, LockHash, ToolsHash, ToolCount, Hosts, SecretNames, Report) = (content, hash, toolsHash, tools, hosts, secrets, report);
}
