using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>Deletes a tenant: its keys authenticate no more. Twice is once. Fails with <c>tenants.not_found</c>, or <c>tenants.default</c>.</summary>
public sealed record DeleteTenant(string Tenant) : IRequest<Result>;

internal sealed class DeleteTenantHandler(ITenants tenants, IPolicyVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<DeleteTenant, Result>
{
    public async Task<Result> Handle(DeleteTenant request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await tenants.Find(request.Tenant, cancellationToken) is not { } tenant)
        {
            return TenantView.NotFound();
        }

        var now = clock.GetUtcNow();
        if (tenant.DeletedAt is null && tenant.Delete(now).Error is { } error)
        {
            return error;
        }

        outbox.Publish(tenant.Id, next, now);
        return Result.Success;
    }
}
