using McpPlatform.Mcp.AspNetCore.Streams;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>
/// Who has how many sessions, and whose has to go for another one. Nobody is pushed out by somebody who has as many: room comes from whoever has most, and at
/// least two more than the one that asks; else from the one's own. So a tenant keeps its fair share whatever others open, and so does a principal in its tenant.
/// Not thread-safe.
/// </summary>
internal sealed class SessionPlaces(ClientSessionOptions options, ReplayMemory memory)
{
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Whether there is a place for one more: free, or in exchange for <paramref name="gives"/>, which the caller of this removes and ends.</summary>
    public bool TryFind(McpCaller caller, out ClientSession? gives, out McpError? refusal)
    {
        (gives, refusal) = (null, null);
        var tenant = _tenants.GetValueOrDefault(caller.Tenant);
        var own = tenant?.BySubject.GetValueOrDefault(caller.Subject);
        if (own?.Count >= options.MaxPerCaller)
        {
            gives = Idlest(own);
            refusal = gives is null ? SessionLimit.OfPrincipal("sessions", options.MaxPerCaller) : null;
        }
        else if (tenant?.Count >= options.MaxPerTenant)
        {
            gives = InTenant(tenant, own);
            refusal = gives is null ? SessionLimit.OfTenant("sessions", options.MaxPerTenant) : null;
        }
        else if (_count >= options.MaxTotal)
        {
            gives = OfLargest(_tenants.Values, tenant?.Count ?? 0, static t => t.Count, static t => t.All) ?? (tenant is null ? null : InTenant(tenant, own));
            refusal = gives is null ? SessionLimit.OfProcess("sessions", options.MaxTotal) : null;
        }

        return refusal is null;
    }

    /// <summary>What all sessions of a tenant keep for replay together.</summary>
    public ReplayMemory MemoryOf(string tenant) => TenantOf(tenant).Memory;

    public void Add(ClientSession session)
    {
        var tenant = TenantOf(session.Info.Caller.Tenant);
        if (!tenant.BySubject.TryGetValue(session.Info.Caller.Subject, out var own))
        {
            tenant.BySubject.Add(session.Info.Caller.Subject, own = []);
        }

        own.Add(session);
        tenant.Count++;
        _count++;
    }

    /// <summary>Does nothing for one that is not here.</summary>
    public void Remove(ClientSession session)
    {
        // The caller of a session never changes, its revision may.
        var (subject, name) = session.Info.Caller;
        if (!_tenants.TryGetValue(name, out var tenant) || !tenant.BySubject.TryGetValue(subject, out var own) || !own.Remove(session))
        {
            return;
        }

        _count--;
        if (own.Count == 0)
        {
            tenant.BySubject.Remove(subject);
        }

        if (--tenant.Count == 0)
        {
            _tenants.Remove(name);
        }
    }

    private Tenant TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
        {
            _tenants.Add(name, tenant = new(new ReplayMemory(options.MaxKeptBytesPerTenant, memory)));
        }

        return tenant;
    }

    /// <summary>A principal that has none yet is let in at the cost of the idlest of its tenant: a tenant of many with one session each would else be shut for an hour.</summary>
    private static ClientSession? InTenant(Tenant tenant, HashSet<ClientSession>? own) =>
        OfLargest(tenant.BySubject.Values, own?.Count ?? 0, static s => s.Count, static s => s) ?? Idlest(own ?? tenant.All);

    /// <summary>The idlest session of the group that has most, among those that have at least two more than <paramref name="own"/>: with one more they would change places for ever.</summary>
    private static ClientSession? OfLargest<T>(IEnumerable<T> groups, int own, Func<T, int> count, Func<T, IEnumerable<ClientSession>> sessions) =>
        groups.Where(group => count(group) >= own + 2).OrderByDescending(count).Select(group => Idlest(sessions(group))).FirstOrDefault(idlest => idlest is not null);

    /// <summary>The session that was used the longest ago and is not busy.</summary>
    private static ClientSession? Idlest(IEnumerable<ClientSession> sessions)
    {
        ClientSession? idlest = null;
        foreach (var session in sessions)
        {
            if ((idlest is null || session.LastUsed < idlest.LastUsed) && !session.IsBusy)
            {
                idlest = session;
            }
        }

        return idlest;
    }

    private sealed class Tenant(ReplayMemory memory)
    {
        public ReplayMemory Memory => memory;

        public Dictionary<string, HashSet<ClientSession>> BySubject { get; } = new(StringComparer.Ordinal);

        public IEnumerable<ClientSession> All => BySubject.Values.SelectMany(static own => own);

        public int Count { get; set; }
    }
}
