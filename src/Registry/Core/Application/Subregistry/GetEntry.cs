using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Subregistry;

/// <summary>One server by its name in the world. Fails with <c>servers.not_found</c>, also for another tenant's and for one that is deleted or disabled.</summary>
public sealed record GetEntry(string Name) : IRequest<Result<RegistryEntry>>, IQuery;

internal sealed class GetEntryHandler(IServers servers, SubregistryName name) : IRequestHandler<GetEntry, Result<RegistryEntry>>
{
    public async Task<Result<RegistryEntry>> Handle(GetEntry request, CancellationToken cancellationToken)
    {
        // By slug alone: an id is no name.
        var slug = request.Name.StartsWith($"{name.Space}/", StringComparison.Ordinal) ? request.Name[(name.Space.Length + 1)..] : "";
        return slug.Length > 0 && await servers.Find(slug, cancellationToken) is { DeletedAt: null, Enabled: true } server && server.Slug == slug
            ? RegistryEntry.Of(server, name.Space)
            : Error.NotFound("servers.not_found", "There is no such server.");
    }
}
