using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Definitions;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>
/// Changes what is given; null leaves a member as it is. Headers and variables are replaced as a whole, since their values cannot be read back; timeouts
/// too, so that an empty object brings the gateway's own back; and so are limits and what may be kept, which can be set on a server of the factory as well, like the rule for its definitions. A url takes the place of all endpoints. Slug and
/// transport stay. Fails with <c>servers.not_found</c>, <c>servers.changed</c>, <c>servers.managed</c>.
/// </summary>
/// <param name="Server">Id or slug.</param>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
public sealed record ChangeServer(
    string Server,
    string? Title,
    string? Url,
    string? Launcher,
    bool? AllowPrivateAddress,
    IReadOnlyDictionary<string, string>? Headers,
    IReadOnlyDictionary<string, string>? Variables,
    string? Environment,
    IReadOnlyList<string>? Tags,
    bool? Enabled,
    long? ExpectedVersion,
    ServerTimeouts? Timeouts = null,
    int? MaxAttempts = null,
    IReadOnlyList<ServerEndpoint>? Endpoints = null,
    ServerBalancing? Balancing = null,
    string? Scope = null,
    int? IdleStopMs = null,
    int? MaxInstances = null,
    RateTerms? RateLimit = null,
    IReadOnlyDictionary<string, RateTerms>? ToolRateLimits = null,
    int? MaxConcurrency = null,
    string? Definitions = null,
    bool? TrustOnFirstUse = null,
    CacheTerms? Cache = null) : IRequest<Result<ServerView>>;

internal sealed class ChangeServerValidator : AbstractValidator<ChangeServer>
{
    public ChangeServerValidator()
    {
        RuleFor(c => c.Title).IsTitle();
        RuleFor(c => c.Url).IsServerUrl().When(c => c.Url is not null);
        RuleFor(c => c.Launcher).IsSlug().When(c => c.Launcher is not null);
        RuleFor(c => c.Environment).IsEnvironment();
        RuleFor(c => c.Tags).AreTags();
        RuleFor(c => c.Headers).AreHeaders();
        RuleFor(c => c.Variables).AreVariables();
        RuleFor(c => c.Timeouts).AreTimeouts();
        RuleFor(c => c.MaxAttempts).IsMaxAttempts();
        RuleFor(c => c.Url).Null().When(c => c.Endpoints is not null, ApplyConditionTo.CurrentValidator).WithMessage("and endpoints exclude each other");
        RuleFor(c => c.Endpoints).AreEndpoints();
        RuleFor(c => c.Balancing).IsBalancing();
        RuleFor(c => c.Scope).IsScope();
        RuleFor(c => c.IdleStopMs).IsIdleStop();
        RuleFor(c => c.MaxInstances).IsMaxInstances();
        RuleFor(c => c.RateLimit).IsRate();
        RuleFor(c => c.ToolRateLimits).AreToolRates();
        RuleFor(c => c.MaxConcurrency).IsMaxConcurrency();
        RuleFor(c => c.Definitions).IsDefinitionRule();
        RuleFor(c => c.Cache).AreCacheTerms();
    }
}

internal sealed class ChangeServerHandler(IServers servers, ICatalog catalog, IRegistryVersion version, ISecretProtector protector, IEventOutbox outbox, TimeProvider clock)
    : IRequestHandler<ChangeServer, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(ChangeServer request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await servers.Find(request.Server, cancellationToken) is not { DeletedAt: null } server)
        {
            return ServerView.NotFound();
        }

        if (request.ExpectedVersion is { } expected && expected != server.Version)
        {
            return ServerView.Changed(server.Version);
        }

        var describesIt = request is not { Title: null, Url: null, Launcher: null, AllowPrivateAddress: null, Headers: null, Variables: null, Environment: null, Tags: null, Timeouts: null, MaxAttempts: null, Endpoints: null, Balancing: null, Scope: null, IdleStopMs: null, MaxInstances: null };
        if (server.ManagedBy == ManagedBy.Factory && describesIt)
        {
            return ServerView.FactoryOwns(server.Slug);
        }

        if (server.ManagedBy == ManagedBy.File)
        {
            return ServerView.FileOwns(server);
        }

        var stdio = server.Transport == ServerTransport.Stdio;
        if (stdio ? request.Url is not null || request.Endpoints is not null || request.Headers is { Count: > 0 }
            : request.Launcher is not null || request.Variables is { Count: > 0 } || request.Scope is not null || request.IdleStopMs is not null || request.MaxInstances is not null)
        {
            return Error.Unprocessable("servers.transport", stdio ? "A stdio server has a launcher and variables, no url and headers." : "A server by address has a url and headers, no launcher, variables, scope, idle_stop_ms and max_instances.");
        }

        var now = clock.GetUtcNow();
        if (!describesIt && request is { RateLimit: null, ToolRateLimits: null, MaxConcurrency: null, Definitions: null, TrustOnFirstUse: null, Cache: null })
        {
            server.Enable(request.Enabled ?? server.Enabled, now);
        }
        else
        {
            server.Describe(Merge(server, request), now);
        }

        // Whoever serves what comes accepts it all: what was accepted before is no measure any more.
        if (request.Definitions == DefinitionRule.Auto && await catalog.PinsOf(server.Id, cancellationToken) is { } pins)
        {
            catalog.Remove(pins);
        }

        outbox.Changed(server, next, now);
        return ServerView.Of(server);
    }

    private ServerTerms Merge(RegisteredServer server, ChangeServer request) => new(
        request.Title ?? server.Title,
        server.Transport,
        request.Endpoints?[0].Url ?? request.Url ?? server.Url,
        request.Launcher ?? server.Launcher,
        request.AllowPrivateAddress ?? server.AllowPrivateAddress,
        request.Headers is null ? server.Headers : protector.Headers(server.TenantId, server.Id, request.Headers),
        request.Variables is null ? server.Variables : protector.Variables(server.TenantId, server.Id, request.Variables),
        request.Environment ?? server.Environment,
        request.Tags ?? server.Tags,
        request.Enabled ?? server.Enabled,
        server.Delivery with
        {
            Timeouts = request.Timeouts ?? server.Delivery.Timeouts,
            MaxAttempts = request.MaxAttempts ?? server.Delivery.MaxAttempts,
            Endpoints = request.Endpoints ?? (request.Url is null ? server.Delivery.Endpoints : null),
            Balancing = request.Balancing ?? server.Delivery.Balancing,
            Process = DeliveryRules.Process(server.Delivery.Process, request.Scope, request.IdleStopMs, request.MaxInstances),
            Limits = new LimitTerms(request.RateLimit, request.ToolRateLimits, request.MaxConcurrency).Over(server.Delivery.Limits),
            Definitions = DefinitionRules.Rule(server.Delivery.Definitions, request.Definitions, request.TrustOnFirstUse),
            Cache = CacheTerms.Over(request.Cache, server.Delivery.Cache),
        });
}
