using System.Collections.Frozen;
using System.Runtime.InteropServices;
using McpPlatform.Contracts;
using McpPlatform.Contracts.Registry;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Intents;

/// <summary>What a tenant's callers can ask for by intent. Names servers and tools only: what those are at the moment the routes of the tenant say.</summary>
public sealed class IntentTable
{
    private IntentTable(IEnumerable<IntentWay> ways)
    {
        ByIntent = ways.GroupBy(way => way.Intent, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        Names = [.. ByIntent.Keys.Order(StringComparer.Ordinal)];
    }

    public static IntentTable None { get; } = new([]);

    /// <summary>Routes before what integrations say, each in the registry's order.</summary>
    public FrozenDictionary<string, IntentWay[]> ByIntent { get; }

    /// <summary>All intents, ordinal.</summary>
    public string[] Names { get; }

    /// <summary>The tables of all tenants.</summary>
    public static FrozenDictionary<Guid, IntentTable> Compile(RegistrySnapshot snapshot)
    {
        var routes = (snapshot.Routes ?? []).Select(route => (route.TenantId, Way: IntentWay.Of(route)));
        var capabilities = (snapshot.Integrations ?? [])
            .SelectMany(integration => integration.Capabilities.Select(capability => (Integration: integration, Capability: capability)))
            .GroupBy(known => (known.Integration.TenantId, known.Capability.Intent, known.Integration.Environment, known.Capability.Version))
            .Select(group => (group.Key.TenantId, Way: IntentWay.Of(group.Key.Intent, group.Key.Environment, group.Key.Version, [.. group])));
        return routes.Concat(capabilities).GroupBy(known => known.TenantId).ToFrozenDictionary(group => group.Key, group => new IntentTable(group.Select(known => known.Way)));
    }
}

/// <summary>Who of several candidates is asked first.</summary>
public enum IntentBalancing
{
    Failover,
    RoundRobin,
    WeightedRandom,
}

/// <summary>One way to carry out an intent: a route, or all integrations that can do it in one environment and version.</summary>
public sealed class IntentWay
{
    private uint _turn = uint.MaxValue;

    private IntentWay(string intent, Guid? routeId, string description, string environment, string version, IntentBalancing balancing, IntentCandidate[] candidates)
    {
        (Intent, RouteId, Description, Environment, Balancing, Candidates) = (intent, routeId, description, environment, balancing, candidates);
        Version = SemanticVersion.TryParse(version, out var parsed) ? parsed : null;
    }

    public string Intent { get; }

    /// <summary>Null where integrations say it.</summary>
    public Guid? RouteId { get; }

    public string Description { get; }

    /// <summary>Empty = every one.</summary>
    public string Environment { get; }

    /// <summary>Null = none: in no range.</summary>
    public SemanticVersion? Version { get; }

    public IntentBalancing Balancing { get; }

    /// <summary>As they are preferred.</summary>
    public IntentCandidate[] Candidates { get; }

    /// <summary>The next number in a row that never ends.</summary>
    internal uint NextTurn() => Interlocked.Increment(ref _turn);

    internal static IntentWay Of(RouteEntry route) => new(
        route.Intent,
        route.RouteId,
        route.Description,
        route.Environment,
        route.Version,
        route.Balancing switch { "round_robin" => IntentBalancing.RoundRobin, "weighted_random" => IntentBalancing.WeightedRandom, _ => IntentBalancing.Failover },
        [.. route.Candidates.Select(candidate => new IntentCandidate(candidate.Server, candidate.Tool, Math.Clamp(candidate.Weight, 1, 100), null)
        {
            Constants = candidate.Constants is { } constants ? JsonMarshal.GetRawUtf8Value(constants).ToArray() : default,
        })]);

    internal static IntentWay Of(string intent, string environment, string version, IReadOnlyList<(IntegrationEntry Integration, Capability Capability)> known) => new(
        intent, null, "", environment, version, IntentBalancing.RoundRobin,
        [.. known.Select(k => new IntentCandidate(k.Integration.Server, k.Capability.Tool, 1, k.Integration.Name)).DistinctBy(candidate => (candidate.Server, candidate.Tool))]);
}

/// <summary>A tool that can carry out an intent.</summary>
/// <param name="Integration">Whose word it is; null in a route.</param>
public sealed record IntentCandidate(string Server, string Tool, int Weight, string? Integration)
{
    /// <summary>Raw object of arguments that the tool gets whatever the caller sends; empty = none.</summary>
    public ReadOnlyMemory<byte> Constants { get; init; }

    /// <summary>The arguments as the tool gets them.</summary>
    /// <param name="given">Raw object; empty = none.</param>
    public ReadOnlyMemory<byte> ArgumentsWith(ReadOnlyMemory<byte> given)
    {
        var arguments = given.IsEmpty ? "{}"u8.ToArray() : given;
        // Member after member: an edit takes 32 of them, and a schema may have more.
        foreach (var (name, value) in JsonMembers.Members(Constants))
        {
            // A server that folds case would otherwise take the caller's for the constant.
            foreach (var (other, _) in JsonMembers.Members(arguments))
            {
                if (other != name && string.Equals(other, name, StringComparison.OrdinalIgnoreCase))
                {
                    arguments = JsonSplice.Apply(arguments.Span, MemberEdit.Drop(other));
                }
            }

            arguments = JsonSplice.Apply(arguments.Span, MemberEdit.Set(name, value));
        }

        return arguments;
    }
}
