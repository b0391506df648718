using McpPlatform.Kernel;

namespace McpPlatform.Policy.Domain;

/// <summary>A customer of the platform; owns keys, policy sets and everything else. Deleting keeps the row, so that repeating it is answered alike.</summary>
public sealed class Tenant : IAudited
{
    public const int MaxNameLength = 128;

    private Tenant()
    {
        // EF
    }

    public Guid Id { get; private set; }

    /// <summary>Unique among the tenants that are not deleted.</summary>
    public string Slug { get; private set; } = "";

    public string Name { get; private set; } = "";

    /// <summary>False: no key of this tenant authenticates.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Calls of the tenant under way at once at one gateway; null = as the gateway's option says.</summary>
    public int? MaxConcurrency { get; private set; }

    /// <summary>File and line that declare <see cref="MaxConcurrency"/>; null when the API sets it.</summary>
    public string? LimitOrigin { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>The tenant that runs the platform: it cannot be switched off or deleted.</summary>
    public bool IsDefault => Id == DefaultTenant.Id;

    string IAudited.AuditName => Slug;

    public static Tenant Found(Guid id, string slug, string name, DateTimeOffset now) =>
        new() { Id = id, Slug = slug, Name = name, IsActive = true, CreatedAt = now, UpdatedAt = now };

    /// <summary>Refuses to switch the default tenant off.</summary>
    public Result Change(string name, bool isActive, int? maxConcurrency, DateTimeOffset now)
    {
        if (IsDefault && !isActive)
        {
            return Error.Conflict("tenants.default", "The default tenant runs the platform and cannot be switched off.");
        }

        if (LimitOrigin is { } origin && maxConcurrency != MaxConcurrency)
        {
            return Error.Conflict("tenants.managed", $"max_concurrency is declared in {origin}. Change it there.");
        }

        (Name, IsActive, MaxConcurrency, UpdatedAt) = (name, isActive, maxConcurrency, now);
        return Result.Success;
    }

    /// <summary>Takes the bound that a configuration declares; null takes it back.</summary>
    public void Declare(int? maxConcurrency, string? origin, DateTimeOffset now) => (MaxConcurrency, LimitOrigin, UpdatedAt) = (maxConcurrency, maxConcurrency is null ? null : origin, now);

    /// <summary>Deletes; twice is once. Refuses for the default tenant.</summary>
    public Result Delete(DateTimeOffset now)
    {
        if (IsDefault)
        {
            return Error.Conflict("tenants.default", "The default tenant runs the platform and cannot be deleted.");
        }

        (IsActive, DeletedAt, UpdatedAt) = (false, DeletedAt ?? now, DeletedAt is null ? now : UpdatedAt);
        return Result.Success;
    }
}
