using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Telemetry;

namespace McpPlatform.Gateway.State;

/// <summary>
/// Holds the one <see cref="GatewayState"/>. Snapshots are checked and compiled beside it, then swapped; versions never go back; the last good ones are on
/// disk. One writer at a time; readers never wait.
/// </summary>
public sealed class GatewayStateStore
{
    private readonly IGatewayObserver _observer;
    private readonly TimeProvider _time;
    private readonly LimitDefaults _limits;
    private readonly LimitRules _rules;
    private readonly SnapshotShelf _shelf;
    private readonly OwnSights _own;
    private readonly Lock _writer = new();
    private GatewayState _current = GatewayState.Empty;
    private long _refused;

    public GatewayStateStore(SnapshotFiles files, IGatewayObserver observer, TimeProvider time, LimitDefaults? limits = null)
    {
        (_observer, _time, _limits) = (observer, time, limits ?? LimitDefaults.Default);
        (_rules, _shelf, _own) = (new LimitRules(_limits, time), new SnapshotShelf(files, observer, time), new OwnSights(time));
    }

    /// <summary>Read it once per call.</summary>
    public GatewayState Current => Volatile.Read(ref _current);

    /// <summary>Snapshots that were ignored since the process started.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Raised after a new registry snapshot rules; connections to servers that changed or went are closed on it.</summary>
    public event Action<GatewayState>? RegistryChanged;

    /// <summary>Raised after a new policy snapshot rules; what a caller has open ends on it where the caller lost its key.</summary>
    public event Action<GatewayState>? PolicyChanged;

    /// <summary>How long ago the policy service confirmed what rules now; the longest time there is before the first snapshot.</summary>
    public TimeSpan PolicyAge(GatewayState state) => Age(state.Policy.Version, state.PolicyConfirmedAt);

    /// <summary>The same for the registry.</summary>
    public TimeSpan RegistryAge(GatewayState state) => Age(state.Registry.Version, state.RegistryConfirmedAt);

    /// <summary>Cold start: whatever was good last. A file that cannot be used counts as refused and is left for the next good one to replace.</summary>
    public void LoadFromDisk()
    {
        _shelf.Restore(SnapshotFiles.Policy, (content, age) => TakePolicy(content, age, save: false));
        _shelf.Restore(SnapshotFiles.Registry, (content, age) => TakeRegistry(content, age, save: false));
    }

    /// <summary>Offers what the policy service answered.</summary>
    public SnapshotOutcome OfferPolicy(ReadOnlySpan<byte> content) => TakePolicy(content, TimeSpan.Zero, save: true);

    /// <summary>Offers what the registry answered.</summary>
    public SnapshotOutcome OfferRegistry(ReadOnlySpan<byte> content) => TakeRegistry(content, TimeSpan.Zero, save: true);

    /// <summary>The policy service says that nothing changed.</summary>
    public void ConfirmPolicy()
    {
        lock (_writer)
        {
            Volatile.Write(ref _current, _current with { PolicyConfirmedAt = _time.GetTimestamp() });
            _shelf.Note(SnapshotFiles.Policy);
        }
    }

    /// <summary>The registry says that nothing changed.</summary>
    public void ConfirmRegistry()
    {
        lock (_writer)
        {
            Volatile.Write(ref _current, _current with { RegistryConfirmedAt = _time.GetTimestamp() });
            _shelf.Note(SnapshotFiles.Registry);
        }
    }

    /// <summary>
    /// What this gateway saw of a server itself, before the registry knows of it: rules until a snapshot says the same, or for as long as <see cref="OwnSights"/> says. False when there is no such
    /// server, or when what it shows cannot be used.
    /// </summary>
    public bool Saw(Guid tenantId, Guid serverId, IReadOnlyList<ToolDefinition> tools, ServerOffer offer)
    {
        lock (_writer)
        {
            if (Compiled(SnapshotFiles.Registry, () => _current.Registry.With(tenantId, serverId, tools, offer, _rules)) is not { } seen)
            {
                return false;
            }

            Tell(seen);
            _own.Add(tenantId, serverId, tools, offer);
            Volatile.Write(ref _current, _current with { Registry = seen });
        }

        RegistryChanged?.Invoke(Current);
        return true;
    }

    /// <summary>What was repaired, and which sets are left out, for the first time.</summary>
    private void Tell(RegistryState state)
    {
        foreach (var (tenant, routes) in state.Tenants)
        {
            foreach (var slug in routes.SetsLeftOut.Except(_current.Registry.RoutesOf(tenant).SetsLeftOut, StringComparer.Ordinal))
            {
                _observer.ToolSetLeftOut(tenant, slug);
            }
        }

        foreach (var tool in state.Tenants.Values.SelectMany(tenant => tenant.Tools).Where(tool => tool.IsNewlyRepaired))
        {
            tool.IsNewlyRepaired = false;
            GatewayMetrics.ToolRepaired();
            _observer.ToolRepaired(tool.Server.Slug, tool.Name, string.Join("; ", tool.Repaired!.Repairs));
        }
    }

    private SnapshotOutcome TakePolicy(ReadOnlySpan<byte> content, TimeSpan age, bool save)
    {
        lock (_writer)
        {
            var snapshot = Parse(SnapshotFiles.Policy, content, SnapshotJson.Default.PolicySnapshot);

            // No tenants at all is never true (the first start makes one), but it is what a broken source sends.
            if (snapshot is null || snapshot.Tenants.Count == 0 || !SnapshotShape.IsWhole(snapshot) || snapshot.Version < Math.Max(0, _current.Policy.Version))
            {
                return Refuse(SnapshotFiles.Policy, snapshot?.Version);
            }

            if (snapshot.Version == _current.Policy.Version)
            {
                ConfirmPolicy();
                return SnapshotOutcome.Confirmed;
            }

            if (Compiled(SnapshotFiles.Policy, () => PolicyState.Compile(snapshot, _current.Policy, _limits, _time)) is not { } compiled)
            {
                return Refuse(SnapshotFiles.Policy, snapshot.Version);
            }

            if (save)
            {
                _shelf.Keep(SnapshotFiles.Policy, content);
            }

            Volatile.Write(ref _current, _current with { Policy = compiled, PolicyConfirmedAt = TimestampBefore(age) });
            _observer.SnapshotTaken(SnapshotFiles.Policy, snapshot.Version);
            if (compiled.ProblemCount > 0)
            {
                _observer.PolicyMalformed(compiled.ProblemCount);
            }
        }

        PolicyChanged?.Invoke(Current);
        return SnapshotOutcome.Taken;
    }

    private SnapshotOutcome TakeRegistry(ReadOnlySpan<byte> content, TimeSpan age, bool save)
    {
        lock (_writer)
        {
            var snapshot = Parse(SnapshotFiles.Registry, content, SnapshotJson.Default.RegistrySnapshot);
            if (snapshot is null || !SnapshotShape.IsWhole(snapshot) || snapshot.Version < Math.Max(0, _current.Registry.Version))
            {
                return Refuse(SnapshotFiles.Registry, snapshot?.Version);
            }

            if (snapshot.Version == _current.Registry.Version)
            {
                ConfirmRegistry();
                return SnapshotOutcome.Confirmed;
            }

            if (Compiled(SnapshotFiles.Registry, () => RegistryState.Compile(snapshot, _current.Registry, _limits, _time)) is not { } found)
            {
                return Refuse(SnapshotFiles.Registry, snapshot.Version);
            }

            var compiled = _own.Over(found, sight => Compiled(SnapshotFiles.Registry, () => sight(_rules)));
            Tell(compiled);
            if (save)
            {
                _shelf.Keep(SnapshotFiles.Registry, content);
            }

            Volatile.Write(ref _current, _current with { Registry = compiled, RegistryConfirmedAt = TimestampBefore(age) });
            _observer.SnapshotTaken(SnapshotFiles.Registry, snapshot.Version);
        }

        RegistryChanged?.Invoke(Current);
        return SnapshotOutcome.Taken;
    }

    private T? Parse<T>(string name, ReadOnlySpan<byte> content, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(content, type);
        }
        catch (JsonException exception)
        {
            _observer.SnapshotUnreadable(name, exception);
            return null;
        }
    }

    /// <summary>
    /// What comes of compiling; null when it fails, which is told with the reason. Any failure: what snapshots hold is chosen by upstreams and operators, and what rules must go on to rule
    /// whatever they choose, and the loop that would bring the next one with it.
    /// </summary>
    private T? Compiled<T>(string name, Func<T?> compile)
        where T : class
    {
        try
        {
            return compile();
        }
        catch (Exception exception)
        {
            _observer.SnapshotUnreadable(name, exception);
            return null;
        }
    }

    private SnapshotOutcome Refuse(string name, long? version)
    {
        Interlocked.Increment(ref _refused);
        _observer.SnapshotRefused(name, version);
        return SnapshotOutcome.Refused;
    }

    private TimeSpan Age(long version, long confirmedAt) => version < 0 ? TimeSpan.MaxValue : _time.GetElapsedTime(confirmedAt);

    private long TimestampBefore(TimeSpan age) => _time.GetTimestamp() - (long)(age.TotalSeconds * _time.TimestampFrequency);
}
