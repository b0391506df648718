using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>Replaces all of a route. Fails with <c>routes.not_found</c>, <c>routes.changed</c>, <c>routes.managed</c>, and with <c>routes.exists</c> when it would take the place of another.</summary>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
public sealed record ReplaceRoute(Guid Id, RouteTerms Terms, long? ExpectedVersion) : IRequest<Result<RouteView>>;

internal sealed class ReplaceRouteValidator : AbstractValidator<ReplaceRoute>
{
    public ReplaceRouteValidator() => RuleFor(c => c.Terms).SetValidator(new RouteRules()).OverridePropertyName("");
}

internal sealed class ReplaceRouteHandler(IRoutes routes, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<ReplaceRoute, Result<RouteView>>
{
    public async Task<Result<RouteView>> Handle(ReplaceRoute request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await routes.Find(request.Id, cancellationToken) is not { } route)
        {
            return RouteView.NotFound();
        }

        if (route.ManagedBy != ManagedBy.Api)
        {
            return RouteView.Managed(route);
        }

        if (request.ExpectedVersion is { } expected && expected != route.Version)
        {
            return RouteView.Changed(route.Version);
        }

        var terms = request.Terms;
        if (await routes.Find(terms.Intent, terms.Environment, terms.Version, cancellationToken) is { } other && other.Id != route.Id)
        {
            return RouteView.Exists(terms);
        }

        var now = clock.GetUtcNow();
        route.Describe(terms, now);
        outbox.RoutesChanged(route.TenantId, route.Id, next, now);
        return RouteView.Of(route);
    }
}
