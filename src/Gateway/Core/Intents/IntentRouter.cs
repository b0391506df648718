using McpPlatform.Contracts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.State;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Intents;

/// <summary>
/// Finds who carries out an intent: the best route, or without one everybody who says to be able to. An environment that was asked for outranks ways for every environment; higher
/// versions outrank lower ones, and releases what led to them. What a caller may not call is not there: it neither is chosen nor makes a difference.
/// </summary>
public sealed class IntentRouter(TimeProvider time)
{
    /// <summary>16: who has asked so many in vain is told so.</summary>
    private const int MostCandidates = 16;

    private const int MostNear = 5;

    /// <summary>The plan; null when there is nobody. Takes a turn of what is balanced.</summary>
    public IntentPlan? Plan(GatewayState state, Caller caller, in Asked asked, IntentQuestion question)
    {
        if (!state.Registry.IntentsOf(caller.TenantId).ByIntent.TryGetValue(question.Intent, out var ways))
        {
            return null;
        }

        var chosen = new List<PlannedCandidate>();
        foreach (var way in Ranked(ways, question))
        {
            if (way.RouteId is null && chosen is [{ Way.RouteId: not null }, ..])
            {
                break;
            }

            var usable = Usable(state, caller, asked, way);
            chosen.AddRange(Ordered(way, usable));
            if (usable.Count > 0 && way.RouteId is not null)
            {
                break;
            }
        }

        return chosen.Count == 0 ? null : new IntentPlan(question, [.. chosen.OrderBy(candidate => candidate.IsOpen).Take(MostCandidates)]);
    }

    /// <summary>Intents that the caller could have meant: those with a similar name which somebody carries out for it.</summary>
    public IReadOnlyList<string> Near(GatewayState state, Caller caller, in Asked asked, string intent)
    {
        var near = new List<string>();
        var table = state.Registry.IntentsOf(caller.TenantId);
        var names = table.Names.Select(name => (Name: name, Distance: NearNames.Distance(name, intent))).Where(n => n.Distance is not null).OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal);
        foreach (var (name, _) in names)
        {
            if (near.Count == MostNear)
            {
                break;
            }

            foreach (var way in table.ByIntent[name])
            {
                if (Usable(state, caller, asked, way).Count > 0)
                {
                    near.Add(name);
                    break;
                }
            }
        }

        return near;
    }

    /// <summary>The ways that fit, the best first; routes before integrations.</summary>
    private static IEnumerable<IntentWay> Ranked(IntentWay[] ways, IntentQuestion question) => ways
        .Where(way => (question.Environment is not { } wanted || way.Environment.Length == 0 || way.Environment == wanted)
            && (question.Versions is not { } versions || (way.Version is { } version && versions.Contains(version))))
        .OrderBy(way => way.RouteId is null)
        .ThenBy(way => question.Environment is null ? way.Environment.Length > 0 : way.Environment.Length == 0)
        .ThenBy(way => way.Version is { Prerelease.Length: > 0 })
        .ThenByDescending(way => way.Version is not null)
        .ThenByDescending(way => way.Version ?? new SemanticVersion(0, 0, 0, ""))
        .ThenBy(way => way.Environment, StringComparer.Ordinal);

    /// <summary>Those whose tools are there, that nobody has to be asked for, and that the caller may call.</summary>
    private List<PlannedCandidate> Usable(GatewayState state, Caller caller, Asked asked, IntentWay way)
    {
        var usable = new List<PlannedCandidate>(way.Candidates.Length);
        if (caller.Principal.IsBounded && !caller.Principal.IsInScope(Actions.ToolsCall))
        {
            return usable;
        }

        var servers = state.Registry.RoutesOf(caller.TenantId).Servers;
        foreach (var candidate in way.Candidates)
        {
            if (servers.TryGetValue(candidate.Server, out var server) && server.ByName.TryGetValue(candidate.Tool, out var tool) && tool.Needs == ClientAbilities.None
                && Access.IsVisible(caller, tool, asked))
            {
                usable.Add(new PlannedCandidate(way, candidate, tool, Array.TrueForAll(server.Endpoints, IsOpen)));
            }
        }

        return usable;
    }

    private bool IsOpen(EndpointRoute endpoint) => endpoint.IsForcedOpen || !endpoint.State.Breaker.Admits(time);

    private static IEnumerable<PlannedCandidate> Ordered(IntentWay way, List<PlannedCandidate> usable)
    {
        if (usable.Count < 2 || way.Balancing == IntentBalancing.Failover)
        {
            return usable;
        }

        // The one whose turn it is first, the others after it as they are written down.
        var first = way.Balancing == IntentBalancing.RoundRobin ? (int)(way.NextTurn() % (uint)usable.Count) : Drawn(usable);
        return usable.Skip(first).Concat(usable.Take(first));
    }

    private static int Drawn(List<PlannedCandidate> usable)
    {
        var at = Random.Shared.Next(usable.Sum(candidate => candidate.Candidate.Weight));
        for (var i = 0; ; i++)
        {
            at -= usable[i].Candidate.Weight;
            if (at < 0)
            {
                return i;
            }
        }
    }
}
