using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Limits;

/// <summary>From the limits of a registry's entry to those that live on from one snapshot to the next.</summary>
internal sealed class LimitRules(LimitDefaults limits, TimeProvider time)
{
    /// <summary>What the sets of one tenant may hold, none of which hold anything yet.</summary>
    public SetMemory SetMemory() => new(limits.SetBytes);

    /// <summary>The calls under way at a server.</summary>
    public Bulkhead Places(ServerEntry entry, Bulkhead? before)
    {
        var most = entry.Limits?.MaxConcurrency ?? limits.PerServer;
        var bulkhead = before ?? new Bulkhead(most, limits.Waiting);
        bulkhead.Set(most, limits.Waiting);
        return bulkhead;
    }

    /// <summary>The rate of a server; null = none.</summary>
    public RateGate? Rate(ServerEntry entry, RateGate? before) => Gate(entry.Limits?.Rate, LimitKind.Server, $"server:{entry.ServerId:n}", before);

    /// <summary>The rate of one of its tools; null = none.</summary>
    public RateGate? Rate(ServerEntry entry, string tool, RateGate? before) => Gate(entry.Limits?.Tools?.GetValueOrDefault(tool), LimitKind.Tool, $"tool:{entry.ServerId:n}:{tool}", before);

    private RateGate? Gate(CallRate? rate, LimitKind kind, string id, RateGate? before)
    {
        if (rate is null)
        {
            return null;
        }

        var limit = RateLimit.Of(rate.Rate, rate.Burst);
        var gate = before ?? new RateGate(id, kind, limit);
        gate.Set(limit, time);
        return gate;
    }
}
