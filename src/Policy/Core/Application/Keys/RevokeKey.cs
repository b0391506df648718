using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>Revokes a key for good. Twice is once. Fails with <c>keys.not_found</c>.</summary>
public sealed record RevokeKey(Guid Id) : IRequest<Result>;

internal sealed class RevokeKeyHandler(IApiKeys keys, IPolicyVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<RevokeKey, Result>
{
    public async Task<Result> Handle(RevokeKey request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await keys.Find(request.Id, cancellationToken) is not { } key)
        {
            return KeyView.NotFound();
        }

        var now = clock.GetUtcNow();
        if (key.Revoke(tenant.Actor, now))
        {
            outbox.Add(new KeyRevoked(Guid.CreateVersion7(now), now, key.TenantId, key.Id, next));
        }

        return Result.Success;
    }
}
