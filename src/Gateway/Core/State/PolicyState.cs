using System.Collections.Frozen;
using McpPlatform.Contracts.Policy;
using McpPlatform.Gateway.Limits;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.State;

/// <summary>The policy service's snapshot, compiled: who holds which key, and what rules them.</summary>
public sealed class PolicyState
{
    private readonly Dictionary<Guid, Bulkhead> _bulkheads;

    private PolicyState(long version, DateTimeOffset generatedAt, FrozenDictionary<KeyHash, Caller> keys, Dictionary<Guid, Bulkhead> bulkheads, int problemCount)
    {
        (Version, GeneratedAt, Keys, _bulkheads, ProblemCount) = (version, generatedAt, keys, bulkheads, problemCount);
    }

    /// <summary>Before the first snapshot: nobody authenticates.</summary>
    public static PolicyState Empty { get; } = new(-1, default, FrozenDictionary<KeyHash, Caller>.Empty, [], 0);

    /// <summary>-1 before the first snapshot.</summary>
    public long Version { get; }

    public DateTimeOffset GeneratedAt { get; }

    public FrozenDictionary<KeyHash, Caller> Keys { get; }

    /// <summary>Parts of documents that are malformed and so deny, and keys that authenticate nobody.</summary>
    public int ProblemCount { get; }

    /// <summary>
    /// Compiles a snapshot. What of a tenant's document is malformed denies; a key whose hash is not one, or that two keys share, authenticates nobody.
    /// </summary>
    /// <param name="previous">Keys that were there before keep what they have left of their rate, tenants their calls under way.</param>
    /// <param name="limits">For keys and tenants that have none of their own; null = the usual.</param>
    /// <param name="time">For rates that change; null = the system's.</param>
    public static PolicyState Compile(PolicySnapshot snapshot, PolicyState previous, LimitDefaults? limits = null, TimeProvider? time = null)
    {
        limits ??= LimitDefaults.Default;
        time ??= TimeProvider.System;
        var bulkheads = new Dictionary<Guid, Bulkhead>();
        var keys = new Dictionary<KeyHash, Caller>();
        var ambiguous = new HashSet<KeyHash>();
        var problems = 0;
        foreach (var tenant in snapshot.Tenants)
        {
            var policy = CompiledPolicy.Compile(PolicyDocument.Parse(tenant.Document));
            problems += policy.Problems.Count;
            var most = tenant.MaxConcurrency ?? limits.PerTenant;
            var bulkhead = bulkheads[tenant.TenantId] = previous._bulkheads.GetValueOrDefault(tenant.TenantId) ?? new Bulkhead(most, limits.Waiting);
            bulkhead.Set(most, limits.Waiting);
            foreach (var key in tenant.Keys)
            {
                if (!KeyHash.TryParse(key.Hash, out var hash))
                {
                    problems++;
                    continue;
                }

                var set = limits.KeyWith(key.Rate, key.Burst);
                var rate = previous.Keys.TryGetValue(hash, out var known) ? known.Rate : new RateGate($"{LimitKind.Key.Name()}:{key.KeyId:n}", LimitKind.Key, set);
                rate.Set(set, time);
                var principal = new PrincipalInfo(tenant.Slug, key.Subject, key.Roles, key.Scopes, key.KeyId.ToString());
                if (!keys.TryAdd(hash, new Caller(tenant.TenantId, tenant.Slug, tenant.Active, key.KeyId, key.ExpiresAt, policy, principal, rate, bulkhead, key.ClientProfile)))
                {
                    ambiguous.Add(hash);
                }
            }
        }

        foreach (var hash in ambiguous)
        {
            keys.Remove(hash);
        }

        return new PolicyState(snapshot.Version, snapshot.GeneratedAt, keys.ToFrozenDictionary(), bulkheads, problems + ambiguous.Count);
    }
}
