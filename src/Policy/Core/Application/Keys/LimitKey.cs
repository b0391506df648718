using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>Sets how often a key may ask, and what its clients can take; gateways know within seconds. Fails with <c>keys.not_found</c>, also for a key that was revoked.</summary>
/// <param name="Rate">Requests per second; null = as it is, 0 = the platform's own.</param>
/// <param name="Burst">Requests at once after a pause; null = as it is, 0 = a second's worth of its own rate, or the platform's own.</param>
/// <param name="ClientProfile">Name of a client profile of the gateways; null = as it is, empty = by what the client says of itself.</param>
public sealed record LimitKey(Guid Id, double? Rate, int? Burst, string? ClientProfile = null) : IRequest<Result<KeyView>>;

internal sealed class LimitKeyValidator : AbstractValidator<LimitKey>
{
    public LimitKeyValidator()
    {
        RuleFor(c => c.Rate).IsRate();
        RuleFor(c => c.Burst).IsBurst();
        RuleFor(c => c.ClientProfile).IsClientProfile();
    }
}

internal sealed class LimitKeyHandler(IApiKeys keys, IPolicyVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<LimitKey, Result<KeyView>>
{
    public async Task<Result<KeyView>> Handle(LimitKey request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await keys.Find(request.Id, cancellationToken) is not { RevokedAt: null } key)
        {
            return KeyView.NotFound();
        }

        var now = clock.GetUtcNow();
        key.Limit(request.Rate, request.Burst);
        if (request.ClientProfile is { } profile)
        {
            key.Describe(profile);
        }

        outbox.Publish(key.TenantId, next, now);
        return KeyView.Of(key, now);
    }
}
