namespace McpPlatform.Factory.Domain;

/// <summary>Where a deployment stands. <c>Queued → Planned → Starting → Verifying → Registering → Running</c>; <c>Stopping → Deleted</c>; <c>Failed</c>.</summary>
public enum DeploymentState
{
    /// <summary>Accepted; nothing was done yet.</summary>
    Queued,

    /// <summary>Everything it needs is there and allowed.</summary>
    Planned,

    /// <summary>Its process is being started.</summary>
    Starting,

    /// <summary>Its process runs; what it lists is compared with the lock file.</summary>
    Verifying,

    /// <summary>It is what it should be; the registry is being told.</summary>
    Registering,

    /// <summary>Registered and callable.</summary>
    Running,

    /// <summary>Leaves the registry, then its process ends.</summary>
    Stopping,

    /// <summary>Gone; the record stays.</summary>
    Deleted,

    /// <summary>It cannot run as it is: change what the message says, then restart it.</summary>
    Failed,
}

/// <summary>One fact about a deployment, as Kubernetes states them.</summary>
/// <param name="Type"><c>Accepted</c>, <c>Available</c>, <c>Verified</c> or <c>Registered</c>.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">One word, stable.</param>
/// <param name="ObservedGeneration">The generation it was seen in.</param>
public sealed record DeploymentCondition(string Type, bool Status, string Reason, string Message, DateTimeOffset LastTransition, long ObservedGeneration);
