using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Routes;

/// <summary>Removes a route; its intent is what integrations say of it from then on. Fails with <c>routes.not_found</c>, <c>routes.changed</c>, <c>routes.managed</c>.</summary>
public sealed record DeleteRoute(Guid Id, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeleteRouteValidator : AbstractValidator<DeleteRoute>
{
    public DeleteRouteValidator() => RuleFor(c => c.Id).NotEmpty();
}

internal sealed class DeleteRouteHandler(IRoutes routes, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<DeleteRoute, Result>
{
    public async Task<Result> Handle(DeleteRoute request, CancellationToken cancellationToken)
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

        routes.Remove(route);
        outbox.RoutesChanged(route.TenantId, route.Id, next, clock.GetUtcNow());
        return Result.Success;
    }
}
