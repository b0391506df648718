using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>
/// A tool that was registered on its own, as one HTTP operation. The factory deploys it as a server of its own under <see cref="Slug"/>; every version is kept
/// (<see cref="HttpToolRevision"/>). Deleting keeps the row.
/// </summary>
public sealed class HttpTool : ITenantOwned, IAudited
{
    public const int MaxNameLength = 64;
    public const int MaxDescriptionLength = 4096;
    public const int MaxParameters = 64;
    public const int MaxFallbacks = 8;
    public const int MaxSecretNameLength = 128;

    private HttpTool()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>The server under which it appears.</summary>
    public string Slug { get; private set; } = "";

    /// <summary>What it is, as JSON: <c>HttpToolTerms</c> of the application.</summary>
    public string Terms { get; private set; } = "{}";

    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    string IAudited.AuditName => Name;

    public static HttpTool Register(Guid tenantId, string name, string slug, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, Name = name, Slug = slug, CreatedAt = now };

    /// <summary>Sets what it is; returns the revision to keep.</summary>
    public HttpToolRevision Describe(string terms, string by, DateTimeOffset now)
    {
        Terms = terms;
        return Next(by, now, removed: false);
    }

    /// <summary>Deletes; null when it was deleted already, and nothing changes.</summary>
    public HttpToolRevision? Delete(string by, DateTimeOffset now)
    {
        if (DeletedAt is not null)
        {
            return null;
        }

        DeletedAt = now;
        return Next(by, now, removed: true);
    }

    private HttpToolRevision Next(string by, DateTimeOffset now, bool removed)
    {
        UpdatedAt = now;
        Version++;
        return HttpToolRevision.Of(this, by, now, removed);
    }
}

/// <summary>One version of a tool as it was, and who made it.</summary>
public sealed class HttpToolRevision : ITenantOwned, IAppendOnly
{
    public const int MaxByLength = 256;

    private HttpToolRevision()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid ToolId { get; private set; }

    public int Version { get; private set; }

    public DateTimeOffset At { get; private set; }

    public string By { get; private set; } = "";

    public string Terms { get; private set; } = "{}";

    /// <summary>True for the last one: the tool was deleted.</summary>
    public bool Removed { get; private set; }

    internal static HttpToolRevision Of(HttpTool tool, string by, DateTimeOffset now, bool removed) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = tool.TenantId,
        ToolId = tool.Id,
        Version = tool.Version,
        At = now,
        By = by.Length <= MaxByLength ? by : by[..MaxByLength],
        Terms = tool.Terms,
        Removed = removed,
    };
}
