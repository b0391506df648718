using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Breakers;

/// <summary>
/// Keeps calls away from an endpoint, or lets them go there and forgets its failures. Reaches every gateway with the snapshot. Fails with
/// <c>breakers.not_found</c>.
/// </summary>
/// <param name="ForceOpen">False: reset.</param>
public sealed record ChangeBreaker(string Id, bool ForceOpen) : IRequest<Result<BreakerView>>;

internal sealed class ChangeBreakerValidator : AbstractValidator<ChangeBreaker>
{
    public ChangeBreakerValidator() => RuleFor(c => c.Id).NotEmpty().MaximumLength(ServerEndpoint.IdLength);
}

internal sealed class ChangeBreakerHandler(IServers servers, IEndpointReports reports, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock)
    : IRequestHandler<ChangeBreaker, Result<BreakerView>>
{
    public async Task<Result<BreakerView>> Handle(ChangeBreaker request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (request.Id.Length != ServerEndpoint.IdLength || !Guid.TryParseExact(request.Id[..32], "n", out var serverId)
            || await servers.Find(serverId.ToString(), cancellationToken) is not { DeletedAt: null } server
            || server.Places().FirstOrDefault(place => ServerEndpoint.IdOf(server.Id, place.Url) == request.Id) is not { } found)
        {
            return BreakerView.NotFound();
        }

        var now = clock.GetUtcNow();
        server.Order(found.Url, request.ForceOpen, now);
        outbox.Changed(server, next, now);
        var seen = await reports.Since(now - EndpointReports.ValidFor, cancellationToken);
        return BreakerView.Of(server, seen).Single(breaker => breaker.Id == request.Id);
    }
}
