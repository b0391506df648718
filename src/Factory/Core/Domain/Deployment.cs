using McpPlatform.Kernel;

namespace McpPlatform.Factory.Domain;

/// <summary>A pack version that shall run, and how far it came. Wishes raise <see cref="Generation"/>; whoever works on an older one stops and looks again.</summary>
public sealed class Deployment : ITenantOwned, IAudited
{
    public const int MaxMessage = 1000;

    private Deployment()
    {
        // EF
    }

    public Deployment(Guid id, Guid tenantId, string slug, Guid packId, string landingZone, DateTimeOffset now)
    {
        (Id, TenantId, Slug, PackId, LandingZone, CreatedAt, UpdatedAt, NextAttemptAt, Generation) = (id, tenantId, slug, packId, landingZone, now, now, now, 1);
        Observe("Accepted", true, "Requested", "", now);
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>The server's slug.</summary>
    public string Slug { get; private set; } = "";

    public Guid PackId { get; private set; }

    public string LandingZone { get; private set; } = "";

    public DeploymentState State { get; private set; }

    /// <summary>Counts what was wished: creation, restarts, other packs, removal.</summary>
    public long Generation { get; private set; }

    /// <summary>The last generation that reached <see cref="DeploymentState.Running"/>.</summary>
    public long ObservedGeneration { get; private set; }

    /// <summary>Failed tries in a row.</summary>
    public int Attempt { get; private set; }

    /// <summary>Not before this instant is it worked on.</summary>
    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>For people: why it is where it is. Empty when all is well.</summary>
    public string Message { get; private set; } = "";

    public IReadOnlyList<DeploymentCondition> Conditions { get; private set; } = [];

    /// <summary>Encrypted bearer of its MCP endpoint; empty until planned.</summary>
    public string BearerCiphertext { get; private set; } = "";

    /// <summary>Last port of its MCP endpoint; 0 before the first start.</summary>
    public int Port { get; private set; }

    public int ManagementPort { get; private set; }

    /// <summary>The registry's server; null until registered.</summary>
    public Guid? ServerId { get; private set; }

    /// <summary>The tool that was registered on its own and became this deployment; null for others.</summary>
    public Guid? ToolId { get; private set; }

    /// <summary>Version of that tool.</summary>
    public long ToolVersion { get; private set; }

    /// <summary>The factory that works on it; null: nobody. Its lease ends at <see cref="LeaseUntil"/>.</summary>
    public Guid? LeaseOwner { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Counts changes, leases not among them: two changes at once are noticed, a renewed lease is none.</summary>
    public long Revision { get; private set; }

    /// <inheritdoc />
    public string AuditName => Slug;

    public SecretPlace BearerPlace => new(TenantId, Id, "bearer");

    /// <summary>Whether it is or shall become nothing.</summary>
    public bool IsLeaving => State is DeploymentState.Stopping or DeploymentState.Deleted;

    /// <summary>Ties it to a tool that was registered on its own.</summary>
    public void Serve(Guid toolId, long toolVersion) => (ToolId, ToolVersion) = (toolId, toolVersion);

    /// <summary>Begins anew, with the same or another pack. Does nothing to one that leaves.</summary>
    public void Restart(Guid packId, string why, DateTimeOffset now)
    {
        if (IsLeaving)
        {
            return;
        }

        PackId = packId;
        Generation++;
        Attempt = 0;
        NextAttemptAt = now;
        Observe("Accepted", true, "Requested", why, now);
        Enter(DeploymentState.Queued, why, now);
    }

    /// <summary>Lets it leave. Twice is once.</summary>
    public void Remove(DateTimeOffset now)
    {
        if (IsLeaving)
        {
            return;
        }

        Generation++;
        Attempt = 0;
        NextAttemptAt = now;
        Enter(DeploymentState.Stopping, "Removal was requested.", now);
    }

    public void Planned(string bearerCiphertext, DateTimeOffset now)
    {
        BearerCiphertext = bearerCiphertext;
        Enter(DeploymentState.Planned, "", now);
    }

    /// <summary>Goes through all steps again, because whoever took them is gone. No failure of its own.</summary>
    public void Resume(DateTimeOffset now) => Enter(DeploymentState.Queued, "", now);

    /// <summary>Its process is about to be started.</summary>
    public void Starting(DateTimeOffset now)
    {
        Observe("Available", false, "Starting", "", now);
        Enter(DeploymentState.Starting, "", now);
    }

    public void Started(int port, int managementPort, DateTimeOffset now)
    {
        (Port, ManagementPort) = (port, managementPort);
        Observe("Available", true, "Ready", "", now);
        Enter(DeploymentState.Verifying, "", now);
    }

    public void Verified(DateTimeOffset now)
    {
        Observe("Verified", true, "ToolsMatchLock", "", now);
        Enter(DeploymentState.Registering, "", now);
    }

    public void Registered(Guid serverId, DateTimeOffset now)
    {
        ServerId = serverId;
        ObservedGeneration = Generation;
        Observe("Registered", true, "Registered", "", now);
        Enter(DeploymentState.Running, "", now);
    }

    /// <summary>It ran long enough to forget earlier failures.</summary>
    public void Settle() => (Attempt, Revision) = (0, Revision + 1);

    /// <summary>A step did not succeed; it, or what must come before it, is tried again.</summary>
    public void Retry(DeploymentState from, string reason, string message, TimeSpan wait, DateTimeOffset now)
    {
        Attempt++;
        NextAttemptAt = now + wait;
        Observe(ConditionOf(State), false, reason, message, now);
        Enter(from, message, now);
    }

    /// <summary>It cannot run as it is.</summary>
    public void Fail(string reason, string message, DateTimeOffset now)
    {
        Observe(ConditionOf(State), false, reason, message, now);
        Enter(DeploymentState.Failed, message, now);
    }

    public void Left(DateTimeOffset now)
    {
        Observe("Registered", false, "Removed", "", now);
        Observe("Available", false, "Removed", "", now);
        Enter(DeploymentState.Deleted, "", now);
    }

    private static string ConditionOf(DeploymentState state) => state switch
    {
        DeploymentState.Queued => "Accepted",
        DeploymentState.Verifying => "Verified",
        DeploymentState.Registering or DeploymentState.Stopping => "Registered",
        _ => "Available",
    };

    private void Enter(DeploymentState state, string message, DateTimeOffset now)
    {
        State = state;
        Message = message.Length > MaxMessage ? message[..MaxMessage] : message;
        UpdatedAt = now;
        Revision++;
    }

    private void Observe(string type, bool status, string reason, string message, DateTimeOffset now)
    {
        var before = Conditions.FirstOrDefault(c => c.Type == type);
        var since = before?.Status == status ? before.LastTransition : now;
        var text = message.Length > MaxMessage ? message[..MaxMessage] : message;
        Conditions = [.. Conditions.Where(c => c.Type != type), new DeploymentCondition(type, status, reason, text, since, Generation)];
    }
}
