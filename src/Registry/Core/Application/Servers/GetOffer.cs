using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>What a server says of itself and offers besides tools. Fails with <c>servers.not_found</c>.</summary>
public sealed record GetOffer(string Server) : IRequest<Result<OfferView>>, IQuery;

/// <param name="Legacy">How the server presents itself in the revisions with a handshake; null = it does not speak them, or was not seen yet.</param>
/// <param name="Modern">The same in those without.</param>
/// <param name="Prompts">By name.</param>
/// <param name="Resources">By URI.</param>
/// <param name="ResourceTemplates">By URI template.</param>
public sealed record OfferView(
    ServerFace? Legacy,
    ServerFace? Modern,
    IReadOnlyList<OfferedItem> Prompts,
    IReadOnlyList<OfferedItem> Resources,
    IReadOnlyList<OfferedItem> ResourceTemplates)
{
    internal static OfferView Of(ServerOffer? offer) => new(offer?.Legacy, offer?.Modern, offer?.Prompts ?? [], offer?.Resources ?? [], offer?.ResourceTemplates ?? []);
}

internal sealed class GetOfferHandler(IServers servers, ICatalog catalog) : IRequestHandler<GetOffer, Result<OfferView>>
{
    public async Task<Result<OfferView>> Handle(GetOffer request, CancellationToken cancellationToken) =>
        await servers.Find(request.Server, cancellationToken) is { DeletedAt: null } server
            ? OfferView.Of((await catalog.OfferOf(server.Id, cancellationToken))?.Offer)
            : ServerView.NotFound();
}
