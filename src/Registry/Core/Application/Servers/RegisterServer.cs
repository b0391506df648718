using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Definitions;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>
/// Registers a server; it is looked at within a second. Fails with <c>servers.exists</c> when the slug is taken, <c>servers.limit</c> when the tenant has
/// too many.
/// </summary>
/// <param name="Url">For <c>http</c> and <c>sse</c> with one place; else <paramref name="Endpoints"/>.</param>
/// <param name="Launcher">For <c>stdio</c>: a name from the operator's launcher file.</param>
/// <param name="Headers">Secret; for <c>http</c> and <c>sse</c>.</param>
/// <param name="Variables">Secret; values for the variables that the launcher declares.</param>
/// <param name="Scope">For <c>stdio</c>: who shares a process.</param>
/// <param name="Definitions">What becomes of changed definitions: <c>auto</c>, <c>quarantine</c>, or <c>default</c>, which is what the operator's option says.</param>
/// <param name="TrustOnFirstUse">Under quarantine: whether what is there at first is accepted.</param>
public sealed record RegisterServer(
    string Slug,
    string? Title,
    ServerTransport Transport,
    string? Url,
    string? Launcher,
    bool AllowPrivateAddress,
    IReadOnlyDictionary<string, string>? Headers,
    IReadOnlyDictionary<string, string>? Variables,
    string? Environment,
    IReadOnlyList<string>? Tags,
    bool Enabled,
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
    CacheTerms? Cache = null) : IRequest<Result<ServerView>>
{
    /// <summary>How calls are delivered.</summary>
    internal Delivery ToDelivery() => new()
    {
        Timeouts = Timeouts,
        MaxAttempts = MaxAttempts,
        Endpoints = Endpoints,
        Balancing = Balancing,
        Process = DeliveryRules.Process(null, Scope, IdleStopMs, MaxInstances),
        Limits = new LimitTerms(RateLimit, ToolRateLimits, MaxConcurrency).Over(null),
        Definitions = DefinitionRules.Rule(null, Definitions, TrustOnFirstUse),
        Cache = CacheTerms.Over(Cache, null),
    };
}

internal sealed class RegisterServerValidator : AbstractValidator<RegisterServer>
{
    public RegisterServerValidator()
    {
        RuleFor(c => c.Slug).IsSlug();
        RuleFor(c => c.Title).IsTitle();
        RuleFor(c => c.Environment).IsEnvironment();
        RuleFor(c => c.Tags).AreTags();
        RuleFor(c => c.Timeouts).AreTimeouts();
        RuleFor(c => c.MaxAttempts).IsMaxAttempts();
        RuleFor(c => c.Balancing).IsBalancing();
        RuleFor(c => c.RateLimit).IsRate();
        RuleFor(c => c.ToolRateLimits).AreToolRates();
        RuleFor(c => c.MaxConcurrency).IsMaxConcurrency();
        RuleFor(c => c.Definitions).IsDefinitionRule();
        RuleFor(c => c.Cache).AreCacheTerms();
        When(c => c.Transport == ServerTransport.Stdio, () =>
        {
            RuleFor(c => c.Launcher).IsSlug().WithMessage("must name a launcher of the operator's mcpplatform.yaml; commands never come over the network");
            RuleFor(c => c.Url).Null().WithMessage("belongs to http and sse");
            RuleFor(c => c.Endpoints).Null().WithMessage("belong to http and sse");
            RuleFor(c => c.Headers).Must(h => h is null or { Count: 0 }).WithMessage("belong to http and sse; use variables");
            RuleFor(c => c.Variables).AreVariables();
            RuleFor(c => c.Scope).IsScope();
            RuleFor(c => c.IdleStopMs).IsIdleStop();
            RuleFor(c => c.MaxInstances).IsMaxInstances();
        }).Otherwise(() =>
        {
            RuleFor(c => c.Url).IsServerUrl().When(c => c.Endpoints is null, ApplyConditionTo.CurrentValidator);
            RuleFor(c => c.Url).Null().When(c => c.Endpoints is not null, ApplyConditionTo.CurrentValidator).WithMessage("and endpoints exclude each other");
            RuleFor(c => c.Endpoints).AreEndpoints();
            RuleFor(c => c.Launcher).Null().WithMessage("belongs to stdio");
            RuleFor(c => c.Headers).AreHeaders();
            RuleFor(c => c.Variables).Must(v => v is null or { Count: 0 }).WithMessage("belong to stdio; use headers");
            RuleFor(c => c.Scope).Null().WithMessage("belongs to stdio: a server by address has no process of ours");
            RuleFor(c => c.IdleStopMs).Null().WithMessage("belongs to stdio: a server by address has no process of ours");
            RuleFor(c => c.MaxInstances).Null().WithMessage("belongs to stdio: a server by address has no process of ours");
        });
    }
}

internal sealed class RegisterServerHandler(
    IServers servers,
    IHttpTools tools,
    IRegistryVersion version,
    ISecretProtector protector,
    IEventOutbox outbox,
    TenantContext tenant,
    RegistryQuotas quotas,
    TimeProvider clock) : IRequestHandler<RegisterServer, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(RegisterServer request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await servers.Find(request.Slug, cancellationToken) is not null || await tools.HasSlug(request.Slug, cancellationToken))
        {
            return ServerView.SlugTaken(request.Slug);
        }

        if (await servers.Count(cancellationToken) >= quotas.MaxServers)
        {
            return Error.Conflict("servers.limit", $"This tenant has {quotas.MaxServers} servers, as many as it may (option Registry__MaxServers). Remove one first.");
        }

        var now = clock.GetUtcNow();
        var (tenantId, id) = (tenant.TenantId!.Value, Guid.CreateVersion7(now));
        var server = RegisteredServer.Register(id, tenantId, request.Slug, deploymentId: null, now);
        server.Describe(
            new ServerTerms(
                request.Title ?? request.Slug,
                request.Transport,
                request.Endpoints?[0].Url ?? request.Url,
                request.Launcher,
                request.AllowPrivateAddress,
                protector.Headers(tenantId, id, request.Headers),
                protector.Variables(tenantId, id, request.Variables),
                request.Environment ?? "",
                request.Tags ?? [],
                request.Enabled,
                request.ToDelivery()),
            now);
        servers.Add(server);
        outbox.Changed(server, next, now);
        return ServerView.Of(server);
    }
}
