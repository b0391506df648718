using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>Adds a route; gateways know within seconds. Fails with <c>routes.exists</c>, <c>routes.limit</c>.</summary>
public sealed record AddRoute(RouteTerms Terms) : IRequest<Result<RouteView>>;

internal sealed class AddRouteValidator : AbstractValidator<AddRoute>
{
    public AddRouteValidator() => RuleFor(c => c.Terms).SetValidator(new RouteRules()).OverridePropertyName("");
}

internal sealed class AddRouteHandler(IRoutes routes, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, RegistryQuotas quotas, TimeProvider clock)
    : IRequestHandler<AddRoute, Result<RouteView>>
{
    public async Task<Result<RouteView>> Handle(AddRoute request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var terms = request.Terms;
        if (await routes.Find(terms.Intent, terms.Environment, terms.Version, cancellationToken) is not null)
        {
            return RouteView.Exists(terms);
        }

        if (await routes.Count(cancellationToken) >= quotas.MaxRoutes)
        {
            return Error.Conflict("routes.limit", $"This tenant has {quotas.MaxRoutes} routes, as many as it may (option Registry__MaxRoutes). Remove one first.");
        }

        var now = clock.GetUtcNow();
        var route = IntentRoute.Add(tenant.TenantId!.Value, ManagedBy.Api, now);
        route.Describe(terms, now);
        routes.Add(route);
        outbox.RoutesChanged(route.TenantId, route.Id, next, now);
        return RouteView.Of(route);
    }
}
