using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>One server, by id or slug. Fails with <c>servers.not_found</c>, also for another tenant's.</summary>
public sealed record GetServer(string Server) : IRequest<Result<ServerView>>, IQuery;

internal sealed class GetServerHandler(IServers servers) : IRequestHandler<GetServer, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(GetServer request, CancellationToken cancellationToken) =>
        await servers.Find(request.Server, cancellationToken) is { DeletedAt: null } server ? ServerView.Of(server) : ServerView.NotFound();
}
