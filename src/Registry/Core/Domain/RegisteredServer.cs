using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

public enum ServerTransport
{
    Http,
    Sse,
    Stdio,
}

public enum ServerHealth
{
    /// <summary>Not looked at yet.</summary>
    Unknown,
    Healthy,

    /// <summary>It does not answer as it should, or a capability that it declares has an empty list.</summary>
    Unhealthy,
}

public enum ManagedBy
{
    /// <summary>Registered by a person through the API.</summary>
    Api,

    /// <summary>Deployed by the factory, which alone changes it.</summary>
    Factory,

    /// <summary>Declared in a configuration, which alone changes it.</summary>
    File,
}

/// <summary>A named secret of a server, readable by holders of the master key only.</summary>
public sealed record StoredSecret(string Name, string Ciphertext);

/// <summary>
/// An MCP server of a tenant: how to reach it, and what was seen when it was last looked at. Deleting keeps the row. Every change that gateways must
/// know is made by a command that counts the snapshot's version up.
/// </summary>
public sealed class RegisteredServer : ITenantOwned, IAudited
{
    public const int MaxTitleLength = 128;
    public const int MaxUrlLength = 2048;
    public const int MaxEnvironmentLength = 63;
    public const int MaxTags = 32;
    public const int MaxSecrets = 32;

    private RegisteredServer()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>Unique in its tenant among those that are not deleted.</summary>
    public string Slug { get; private set; } = "";

    public string Title { get; private set; } = "";

    public ServerTransport Transport { get; private set; }

    public string? Url { get; private set; }

    public string? Launcher { get; private set; }

    public bool AllowPrivateAddress { get; private set; }

    public IReadOnlyList<StoredSecret> Headers { get; private set; } = [];

    public IReadOnlyList<StoredSecret> Variables { get; private set; } = [];

    public string Environment { get; private set; } = "";

    public IReadOnlyList<string> Tags { get; private set; } = [];

    public bool Enabled { get; private set; }

    public Delivery Delivery { get; private set; } = Delivery.Default;

    public ManagedBy ManagedBy { get; private set; }

    /// <summary>File and line that declare it; null for others.</summary>
    public string? Origin { get; private set; }

    /// <summary>The factory's deployment that this is; null for others.</summary>
    public Guid? DeploymentId { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    public Observation Seen { get; private set; } = new();

    string IAudited.AuditName => Slug;

    /// <summary>Registers a server under an id that its secrets are bound to already.</summary>
    public static RegisteredServer Register(Guid id, Guid tenantId, string slug, Guid? deploymentId, DateTimeOffset now) => new()
    {
        Id = id,
        TenantId = tenantId,
        Slug = slug,
        ManagedBy = deploymentId is null ? ManagedBy.Api : ManagedBy.Factory,
        DeploymentId = deploymentId,
        Enabled = true,
        CreatedAt = now,
    };

    /// <summary>The same for one that a configuration declares.</summary>
    public static RegisteredServer Declare(Guid id, Guid tenantId, string slug, string origin, DateTimeOffset now)
    {
        var server = Register(id, tenantId, slug, deploymentId: null, now);
        (server.ManagedBy, server.Origin) = (ManagedBy.File, origin);
        return server;
    }

    /// <summary>It is declared in another place now. Nothing that gateways know changes.</summary>
    public void Move(string origin) => Origin = origin;

    /// <summary>Sets how it is reached and shown; it is looked at again at once.</summary>
    public void Describe(ServerTerms terms, DateTimeOffset now)
    {
        (Title, Transport, Url, Launcher, AllowPrivateAddress) = (terms.Title, terms.Transport, terms.Url, terms.Launcher, terms.AllowPrivateAddress);
        (Headers, Variables, Environment, Tags, Enabled) = (terms.Headers, terms.Variables, terms.Environment, terms.Tags, terms.Enabled);
        Delivery = terms.Delivery;
        Seen.Due(now);
        Touch(now);
    }

    /// <summary>Where it answers, at least one; the launcher stands for the address of a stdio server.</summary>
    public IReadOnlyList<ServerEndpoint> Places() => Delivery.Endpoints is { Count: > 0 } several ? several : [new ServerEndpoint(Url ?? Launcher ?? "")];

    /// <summary>Orders something for the breaker of one of <see cref="Places"/>. Orders for endpoints that are gone go with them.</summary>
    public void Order(string address, bool forceOpen, DateTimeOffset now)
    {
        var ordered = Delivery.With(address, forceOpen);
        var addresses = Places().Select(place => place.Url).ToHashSet();
        Delivery = ordered with { Breakers = [.. ordered.Breakers!.Where(order => addresses.Contains(order.Address))] };
        Touch(now);
    }

    /// <summary>Orders gateways to forget what it answered, or what one of its tools did.</summary>
    public void Forget(string? tool, DateTimeOffset now)
    {
        Delivery = Delivery.Forgetting(tool);
        Touch(now);
    }

    /// <summary>It is looked at as soon as can be.</summary>
    public void LookAgain(DateTimeOffset now) => Seen.Due(now);

    public void Enable(bool enabled, DateTimeOffset now)
    {
        Enabled = enabled;
        Seen.Due(now);
        Touch(now);
    }

    /// <summary>Deletes; false when it was deleted already, and nothing changes.</summary>
    public bool Delete(DateTimeOffset now)
    {
        if (DeletedAt is not null)
        {
            return false;
        }

        DeletedAt = now;
        Headers = [];
        Variables = [];
        Touch(now);
        return true;
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}

/// <summary>What a person or the factory says of a server.</summary>
public sealed record ServerTerms(
    string Title,
    ServerTransport Transport,
    string? Url,
    string? Launcher,
    bool AllowPrivateAddress,
    IReadOnlyList<StoredSecret> Headers,
    IReadOnlyList<StoredSecret> Variables,
    string Environment,
    IReadOnlyList<string> Tags,
    bool Enabled,
    Delivery Delivery);
