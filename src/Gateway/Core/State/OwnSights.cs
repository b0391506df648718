using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Limits;

namespace McpPlatform.Gateway.State;

/// <summary>What this gateway saw of servers itself. A snapshot that was made before the registry heard of it does not undo it.</summary>
internal sealed class OwnSights(TimeProvider time)
{
    /// <summary>30 s: the registry stores what it is told within one, and tells everybody.</summary>
    private static readonly TimeSpan For = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, Sight> _sights = [];

    public void Add(Guid tenantId, Guid serverId, IReadOnlyList<ToolDefinition> tools, ServerOffer offer) =>
        _sights[serverId] = new Sight(tenantId, serverId, tools, offer, time.GetTimestamp());

    /// <summary>A new state with what was seen and it does not say yet. What it says, and what is too old, is forgotten.</summary>
    /// <param name="compile">Makes a state of one; null when it cannot be used, or its server is gone.</param>
    public RegistryState Over(RegistryState compiled, Func<Func<LimitRules, RegistryState?>, RegistryState?> compile)
    {
        foreach (var sight in _sights.Values.ToList())
        {
            var below = compiled;
            var with = time.GetElapsedTime(sight.At) < For ? compile(rules => below.With(sight.TenantId, sight.ServerId, sight.Tools, sight.Offer, rules)) : null;
            if (with is null || Changes.Changes.Between(with.RoutesOf(sight.TenantId).ById[sight.ServerId], compiled.RoutesOf(sight.TenantId).ById[sight.ServerId]) == Changes.Change.None)
            {
                _sights.Remove(sight.ServerId);
            }
            else
            {
                compiled = with;
            }
        }

        return compiled;
    }

    private sealed record Sight(Guid TenantId, Guid ServerId, IReadOnlyList<ToolDefinition> Tools, ServerOffer Offer, long At);
}
