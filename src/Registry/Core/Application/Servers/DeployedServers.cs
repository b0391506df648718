using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>
/// Registers what the factory deployed, or registers it anew under another address. Idempotent. Fails with <c>servers.exists</c> when another server of the
/// tenant has the slug.
/// </summary>
public sealed record RegisterDeployment(Guid DeploymentId, DeployedServer Server) : IRequest<Result<ServerView>>;

internal sealed class RegisterDeploymentHandler(
    IServers servers,
    IRegistryVersion version,
    ISecretProtector protector,
    IEventOutbox outbox,
    TenantContext tenant,
    TimeProvider clock) : IRequestHandler<RegisterDeployment, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(RegisterDeployment request, CancellationToken cancellationToken)
    {
        var deployed = request.Server;
        if (!Slug.IsValid(deployed.Slug) || !ServerRules.IsUrl(deployed.Url))
        {
            return Error.Invalid("servers.deployment", $"The deployed server's slug {Slug.Rule}; its url must be absolute.");
        }

        var next = await version.Next(cancellationToken);
        var existing = await servers.FindDeployment(request.DeploymentId, cancellationToken);
        if (await servers.Find(deployed.Slug, cancellationToken) is { } other && other.Id != existing?.Id)
        {
            return ServerView.SlugTaken(deployed.Slug);
        }

        var now = clock.GetUtcNow();
        var tenantId = tenant.TenantId!.Value;
        var server = existing ?? RegisteredServer.Register(Guid.CreateVersion7(now), tenantId, deployed.Slug, request.DeploymentId, now);
        if (existing is null)
        {
            servers.Add(server);
        }

        // The factory's own process listens on loopback: that is what it deployed, not an address somebody chose.
        var bearer = new Dictionary<string, string> { ["Authorization"] = $"Bearer {deployed.Bearer}" };
        server.Describe(
            new ServerTerms(
                deployed.Title,
                ServerTransport.Http,
                deployed.Url,
                Launcher: null,
                AllowPrivateAddress: true,
                protector.Headers(tenantId, server.Id, bearer),
                [],
                server.Environment,
                deployed.Tags,
                server.Enabled,
                server.Delivery),
            now);
        outbox.Changed(server, next, now);
        return ServerView.Of(server);
    }
}

/// <summary>Removes what the factory had deployed. Idempotent: also when there is nothing.</summary>
public sealed record RemoveDeployment(Guid DeploymentId) : IRequest<Result>;

internal sealed class RemoveDeploymentHandler(IServers servers, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<RemoveDeployment, Result>
{
    public async Task<Result> Handle(RemoveDeployment request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var now = clock.GetUtcNow();
        if (await servers.FindDeployment(request.DeploymentId, cancellationToken) is { } server && server.Delete(now))
        {
            outbox.Changed(server, next, now);
        }

        return Result.Success;
    }
}
