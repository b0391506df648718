using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>
/// Removes a server: its tools are no longer listed or callable, its secrets are gone. Twice is answered alike. Fails with <c>servers.not_found</c>, and with
/// <c>servers.managed</c> for a deployment's server.
/// </summary>
public sealed record DeleteServer(string Server, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeleteServerHandler(IServers servers, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<DeleteServer, Result>
{
    public async Task<Result> Handle(DeleteServer request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await servers.Find(request.Server, cancellationToken) is not { } server)
        {
            return ServerView.NotFound();
        }

        if (server.DeletedAt is null && request.ExpectedVersion is { } expected && expected != server.Version)
        {
            return ServerView.Changed(server.Version);
        }

        if (server is { DeletedAt: null, ManagedBy: ManagedBy.Factory })
        {
            return ServerView.FactoryOwns(server.Slug);
        }

        if (server is { DeletedAt: null, ManagedBy: ManagedBy.File })
        {
            return ServerView.FileOwns(server);
        }

        var now = clock.GetUtcNow();
        if (server.Delete(now))
        {
            outbox.Changed(server, next, now);
        }

        return Result.Success;
    }
}
