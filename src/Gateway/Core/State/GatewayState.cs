namespace McpPlatform.Gateway.State;

/// <summary>
/// Everything that decides a call, as of one moment. Immutable; swapped as a whole by <see cref="GatewayStateStore"/>. A call reads it once and uses nothing
/// else, so no call ever sees half of a change.
/// </summary>
/// <param name="PolicyConfirmedAt">Timestamp (of the store's clock) of the last time the policy service confirmed this very version.</param>
/// <param name="RegistryConfirmedAt">The same for the registry.</param>
public sealed record GatewayState(PolicyState Policy, RegistryState Registry, long PolicyConfirmedAt, long RegistryConfirmedAt)
{
    /// <summary>Before the first snapshots: nobody authenticates, nothing is listed.</summary>
    public static GatewayState Empty { get; } = new(PolicyState.Empty, RegistryState.Empty, 0, 0);

    /// <summary>True once there is a snapshot of both.</summary>
    public bool IsReady => Policy.Version >= 0 && Registry.Version >= 0;
}
