using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Definitions;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Application.ToolSets;
using MediatR;

namespace McpPlatform.Registry.Application.Declared;

/// <summary>A server as a configuration says it.</summary>
/// <param name="Origin">File and line.</param>
public sealed record DeclaredServer(RegisterServer Terms, string Origin);

/// <summary>
/// Makes the servers, routes and tool sets that are managed by a file the ones that are given: creates, changes and deletes those alone, all in one transaction. Twice is once. Fails with
/// <c>configuration.taken</c> when a name belongs to a record that is managed elsewhere, and <c>servers.limit</c>, <c>routes.limit</c>, <c>tool_sets.limit</c>.
/// </summary>
public sealed record DeclareServers(IReadOnlyList<DeclaredServer> Servers, IReadOnlyList<DeclaredRoute> Routes, IReadOnlyList<DeclaredSet> Sets) : IRequest<Result<DeclaredPlan>>;

/// <summary>What <see cref="DeclareServers"/> would do, and what it would refuse.</summary>
public sealed record PlanServers(IReadOnlyList<DeclaredServer> Servers, IReadOnlyList<DeclaredRoute> Routes, IReadOnlyList<DeclaredSet> Sets) : IRequest<Result<DeclaredPlan>>, IQuery;

internal sealed class DeclareServersValidator : AbstractValidator<DeclareServers>
{
    public DeclareServersValidator()
    {
        RuleFor(c => c.Servers).Custom(Check);
        RuleFor(c => c.Routes).Custom(CheckRoutes);
        RuleFor(c => c.Sets).Custom(CheckSets);
    }

    /// <summary>The rules of a server that is registered over the API, told with the configuration's names.</summary>
    internal static void Check<T>(IReadOnlyList<DeclaredServer> servers, ValidationContext<T> context)
    {
        var rules = new RegisterServerValidator();
        foreach (var terms in servers.Select(s => s.Terms))
        {
            foreach (var failure in rules.Validate(terms).Errors)
            {
                context.AddFailure($"servers.{terms.Slug}.{failure.PropertyName}", failure.ErrorMessage);
            }
        }
    }

    internal static void CheckRoutes<T>(IReadOnlyList<DeclaredRoute> routes, ValidationContext<T> context)
    {
        var rules = new RouteRules();
        foreach (var route in routes)
        {
            foreach (var failure in rules.Validate(route.Terms).Errors)
            {
                context.AddFailure($"{route.Path}.{failure.PropertyName}", failure.ErrorMessage);
            }
        }
    }

    internal static void CheckSets<T>(IReadOnlyList<DeclaredSet> sets, ValidationContext<T> context)
    {
        var rules = new ToolSetRules();
        foreach (var set in sets)
        {
            foreach (var failure in rules.Validate(set.Terms).Errors)
            {
                context.AddFailure($"tool_sets.{set.Slug}.{failure.PropertyName}", failure.ErrorMessage);
            }
        }
    }
}

internal sealed class PlanServersValidator : AbstractValidator<PlanServers>
{
    public PlanServersValidator()
    {
        RuleFor(c => c.Servers).Custom(DeclareServersValidator.Check);
        RuleFor(c => c.Routes).Custom(DeclareServersValidator.CheckRoutes);
        RuleFor(c => c.Sets).Custom(DeclareServersValidator.CheckSets);
    }
}

internal sealed class PlanServersHandler(IServers servers, IHttpTools tools, IRoutes routes, IToolSets sets, ISecretProtector protector, RegistryQuotas quotas)
    : IRequestHandler<PlanServers, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(PlanServers request, CancellationToken cancellationToken)
    {
        var plan = await ServerPlan.Make(request.Servers, servers, tools, protector, quotas, cancellationToken);
        var way = await RouteStep.Make(request.Routes, routes, quotas, cancellationToken);
        var chosen = await SetStep.Make(request.Sets, sets, quotas, cancellationToken);
        return (plan.Error ?? way.Error ?? chosen.Error) is { } error ? error : new DeclaredPlan([.. plan.Value.Told, .. way.Value.Select(s => s.Told), .. chosen.Value.Select(s => s.Told)]);
    }
}

internal sealed class DeclareServersHandler(
    IServers servers,
    ICatalog catalog,
    DefinitionDefaults defaults,
    IHttpTools tools,
    IRoutes routes,
    IToolSets sets,
    IRegistryVersion version,
    ISecretProtector protector,
    IEventOutbox outbox,
    TenantContext tenant,
    RegistryQuotas quotas,
    TimeProvider clock) : IRequestHandler<DeclareServers, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(DeclareServers request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var made = await ServerPlan.Make(request.Servers, servers, tools, protector, quotas, cancellationToken);
        var way = await RouteStep.Make(request.Routes, routes, quotas, cancellationToken);
        var chosen = await SetStep.Make(request.Sets, sets, quotas, cancellationToken);
        if ((made.Error ?? way.Error ?? chosen.Error) is { } error)
        {
            return error;
        }

        var now = clock.GetUtcNow();
        foreach (var step in made.Value.Steps)
        {
            var server = step.Apply(tenant.TenantId!.Value, protector, now);
            if (step.Action == DeclaredAction.Create)
            {
                servers.Add(server);
            }

            // Whoever serves what comes accepts it all: what was accepted before is no measure any more.
            if (step.Action == DeclaredAction.Change && !defaults.RuleOf(server).Quarantine && await catalog.PinsOf(server.Id, cancellationToken) is { } pins)
            {
                catalog.Remove(pins);
            }

            if (step.Action != DeclaredAction.Move)
            {
                outbox.Changed(server, next, now);
            }
        }

        foreach (var step in way.Value)
        {
            var route = step.Apply(tenant.TenantId!.Value, routes, now);
            if (step.Action != DeclaredAction.Move)
            {
                outbox.RoutesChanged(route.TenantId, route.Id, next, now);
            }
        }

        foreach (var step in chosen.Value)
        {
            var set = step.Apply(tenant.TenantId!.Value, sets, tenant.Actor, now);
            if (step.Action != DeclaredAction.Move)
            {
                outbox.Changed(set, next, now);
            }
        }

        return new DeclaredPlan([.. made.Value.Told, .. way.Value.Select(s => s.Told), .. chosen.Value.Select(s => s.Told)]);
    }
}
