using System.Text.Json;
using McpPlatform.Configuration;
using McpPlatform.Configuration.Model;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting.Configured;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Declared;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Infrastructure;

/// <summary>The registry's part of a configuration: routes, tool sets, and servers with what limits says for each of them.</summary>
internal sealed class ServerTaker : IConfigurationTaker
{
    public string Module => RegistryModule.Name;

    public Task<Result<DeclaredPlan>> Take(IServiceProvider services, LoadedConfiguration configuration, bool isPlan, bool mayLimitTenant, CancellationToken cancellationToken)
    {
        var defaults = configuration.Configuration.Limits?.PerServer;
        DeclaredServer[] servers = [.. configuration.Configuration.Servers.Select(s => new DeclaredServer(Terms(s.Key, s.Value, defaults), DeclaredPlan.Shorten(configuration.OriginOf($"servers.{s.Key}"))))];
        DeclaredRoute[] routes = [.. configuration.Configuration.Routes.Select((r, i) => new DeclaredRoute(Terms(r), $"routes[{i}]", DeclaredPlan.Shorten(configuration.OriginOf($"routes[{i}]"))))];
        DeclaredSet[] sets = [.. configuration.Configuration.ToolSets.Select(s => new DeclaredSet(s.Key, Terms(s.Key, s.Value), DeclaredPlan.Shorten(configuration.OriginOf($"tool_sets.{s.Key}"))))];
        var sender = services.GetRequiredService<ISender>();
        return isPlan ? sender.Send(new PlanServers(servers, routes, sets), cancellationToken) : sender.Send(new DeclareServers(servers, routes, sets), cancellationToken);
    }

    private static RegisterServer Terms(string slug, ServerSection s, ServerDefaults? defaults) => new(
        slug,
        s.Title,
        Enum.Parse<ServerTransport>(s.EffectiveTransport, ignoreCase: true),
        s.Url,
        s.Launcher,
        s.AllowPrivateAddress,
        s.Headers,
        s.Variables,
        s.Environment,
        s.Tags,
        s.Enabled,
        (s.Timeouts ?? defaults?.Timeouts) is { } t ? new ServerTimeouts(t.ConnectMs, t.HeadersMs, t.FirstByteMs, t.IdleMs, t.TotalMs) : null,
        s.MaxAttempts ?? defaults?.MaxAttempts,
        s.Endpoints is { } places ? [.. places.Select(e => new ServerEndpoint(e.Url, e.Weight))] : null,
        s.Balancing is { } b ? new ServerBalancing(b.Algorithm, b.HashOn) : null,
        s.Scope,
        s.IdleStopMs,
        s.MaxInstances,
        Rate(s.RateLimit ?? defaults?.RateLimit),
        s.ToolRateLimits?.ToDictionary(l => l.Key, l => Rate(l.Value)!),
        s.MaxConcurrency ?? defaults?.MaxConcurrency,
        s.Definitions,
        s.TrustOnFirstUse,
        s.Cache is { } kept ? new CacheTerms(kept.Tools, kept.TtlMs, kept.Scope) : null);

    private static RouteTerms Terms(RouteSection r) => new(
        r.Intent,
        r.Environment ?? "",
        r.IntentVersion ?? "",
        r.Description ?? "",
        r.Balancing switch { "round_robin" => RouteBalancing.RoundRobin, "weighted_random" => RouteBalancing.WeightedRandom, _ => RouteBalancing.Failover },
        [.. r.Candidates.Select(c => new RouteCandidate(c.Server, c.Tool, c.Weight, c.Constants is null ? null : JsonSerializer.SerializeToElement(c.Constants)))],
        r.Enabled);

    private static ToolSetTerms Terms(string slug, ToolSetSection s) => new(
        s.Title ?? slug,
        s.Description ?? "",
        s.Instructions,
        [.. s.Members.Select(m => new SetMember(m.Server, m.Tag, m.Tools, m.Prompts, m.Resources))],
        s.Overrides?.Select(Override).ToArray(),
        s.Exclude,
        s.Naming ?? ToolSetNaming.Qualified,
        s.Disclosure ?? ToolSetDisclosure.Off,
        s.Pinned,
        s.Enabled);

    private static SetOverride Override(SetOverrideSection o) => new(
        o.Server,
        o.Name,
        o.Kind ?? SetItemKinds.Tool,
        o.Rename,
        o.Title,
        o.Description,
        o.Annotations is null ? null : JsonSerializer.SerializeToElement(o.Annotations),
        o.Arguments?.ToDictionary(a => a.Key, a => JsonSerializer.SerializeToElement(a.Value)));

    private static RateTerms? Rate(RateSection? rate) => rate is null ? null : new RateTerms(rate.Rate, rate.Burst);
}
