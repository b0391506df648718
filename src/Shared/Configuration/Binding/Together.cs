using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Configuration.Model;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Configuration.Binding;

/// <summary>What several members have to fit together, and what only the policy engine knows of rules.</summary>
internal static class Together
{
    public static void Check(PlatformConfiguration configuration, Dictionary<string, Mark> places, ProblemList problems)
    {
        foreach (var (slug, server) in configuration.Servers)
        {
            Server($"servers.{slug}", server, configuration, Add);
        }

        foreach (var (name, policy) in configuration.Policies)
        {
            PolicyRole.Parse(JsonSerializer.SerializeToElement(Rules.Document(name, policy)), out var wrong);
            foreach (var problem in wrong)
            {
                Add(problem.Path is "" or "name" ? $"policies.{name}" : $"policies.{name}.{problem.Path}", problem.Reason, problem.Fix);
            }
        }

        foreach (var (slug, set) in configuration.ToolSets)
        {
            SetsTogether.Check($"tool_sets.{slug}", set, Add);
        }

        var routes = new HashSet<(string, string?, string?)>();
        for (var i = 0; i < configuration.Routes.Count; i++)
        {
            var route = configuration.Routes[i];
            if (!routes.Add((route.Intent, route.Environment, route.IntentVersion)))
            {
                Add($"routes[{i}]", "The intent is there already for this environment and version.", "Add its candidates there.");
            }

            if (route.Candidates.Count == 0)
            {
                Add($"routes[{i}].candidates", "Nobody carries it out.", "Name at least one tool.");
            }
        }

        void Add(string path, string reason, string fix) => problems.Add(Place(places, path), path, reason, fix);
    }

    /// <summary>Where a member stands, or the nearest thing around it.</summary>
    public static Mark Place(Dictionary<string, Mark> places, string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (places.TryGetValue(path, out var at))
            {
                return at;
            }
        }

        return places.Count > 0 ? places.Values.First() with { Line = 1, Column = 1 } : default;
    }

    private static void Server(string path, ServerSection server, PlatformConfiguration configuration, Action<string, string, string> add)
    {
        var isStdio = server.EffectiveTransport == "stdio";
        var places = (server.Url is null ? 0 : 1) + (server.Endpoints is null ? 0 : 1) + (server.Launcher is null ? 0 : 1);
        if (places != 1)
        {
            add(path, places == 0 ? "Nothing says where it is." : "More than one member says where it is.", "Write one of url, endpoints and launcher.");
        }
        else if (isStdio != server.Launcher is not null)
        {
            add($"{path}.transport", isStdio ? "A stdio server has a launcher." : "A launcher belongs to stdio.", isStdio ? "Write launcher: NAME, and the command below launchers." : "Leave transport out.");
        }

        if (isStdio && server.Headers is { Count: > 0 })
        {
            add($"{path}.headers", "Headers belong to http and sse.", "Use variables, which the launcher declares.");
        }

        if (isStdio && server.Launcher is { } launcher && configuration.Launchers.Count > 0 && !configuration.Launchers.ContainsKey(launcher))
        {
            var meant = Similar.To(launcher, configuration.Launchers.Keys);
            add($"{path}.launcher", "There is no launcher of this name below launchers.", meant is null ? "Add it there." : $"Did you mean '{meant}'?");
        }

        foreach (var (member, isSet) in (ReadOnlySpan<(string, bool)>)[("variables", server.Variables is { Count: > 0 }), ("scope", server.Scope is not null), ("idle_stop_ms", server.IdleStopMs is not null), ("max_instances", server.MaxInstances is not null)])
        {
            if (isSet && !isStdio)
            {
                add($"{path}.{member}", "It belongs to stdio.", "Leave it out: a server by address has no process of ours.");
            }
        }

        if (server.Balancing is { Algorithm: "consistent_hash", HashOn: null })
        {
            add($"{path}.balancing", "consistent_hash needs a hash_on.", "Write session, principal or argument:NAME.");
        }

        if (server.Endpoints is { } endpoints && endpoints.Select(e => e.Url).Distinct(StringComparer.Ordinal).Count() != endpoints.Count)
        {
            add($"{path}.endpoints", "An address is there twice.", "Give it a weight instead.");
        }
    }
}
