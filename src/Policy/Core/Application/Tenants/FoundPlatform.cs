using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using MediatR;

namespace McpPlatform.Policy.Application.Tenants;

/// <summary>The first start: tenant <c>default</c> and one admin key of it, together or not at all. Does nothing once the tenant exists.</summary>
public sealed record FoundPlatform : IRequest<Result>;

/// <summary>Where the first admin key comes from and goes to.</summary>
public interface IBootstrapKey
{
    /// <summary>The key to store. Throws <see cref="InvalidOperationException"/> when the operator named a file that holds none.</summary>
    Task<ApiKeyText> Obtain(CancellationToken cancellationToken);

    /// <summary>Shows a key that was made here, once. Does nothing where the operator brought it.</summary>
    Task Deliver(ApiKeyText key, CancellationToken cancellationToken);
}

internal sealed class FoundPlatformHandler(ITenants tenants, IApiKeys keys, IPolicyVersion version, IEventOutbox outbox, IBootstrapKey bootstrap, TimeProvider clock)
    : IRequestHandler<FoundPlatform, Result>
{
    public async Task<Result> Handle(FoundPlatform request, CancellationToken cancellationToken)
    {
        if (await IsFounded(cancellationToken))
        {
            return Result.Success;
        }

        // The version is also the lock: of several replicas that start together only the first still finds nothing.
        var next = await version.Next(cancellationToken);
        if (await IsFounded(cancellationToken))
        {
            return Result.Success;
        }

        var now = clock.GetUtcNow();
        var text = await bootstrap.Obtain(cancellationToken);
        tenants.Add(Tenant.Found(DefaultTenant.Id, DefaultTenant.Slug, "Default", now));
        keys.Add(ApiKey.Issue(DefaultTenant.Id, text, new KeyTerms("bootstrap", "admin", [BuiltInRoles.Admin], [], null), "system:seed", now));
        outbox.Publish(DefaultTenant.Id, next, now);

        // Before the commit: a key that was shown in vain is harmless, one that nobody saw locks everybody out.
        await bootstrap.Deliver(text, cancellationToken);
        return Result.Success;
    }

    private async Task<bool> IsFounded(CancellationToken cancellationToken) => await tenants.Find(DefaultTenant.Id.ToString(), cancellationToken) is not null;
}
