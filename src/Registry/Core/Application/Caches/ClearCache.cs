using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Caches;

/// <summary>
/// Has every gateway forget what it keeps of a server, or of one tool of it, or of all servers of the tenant. Reaches them with the snapshot, as orders for breakers do. Fails with
/// <c>servers.not_found</c>.
/// </summary>
/// <param name="Server">Id or slug; null = all.</param>
/// <param name="Tool">The server's own name of it; null = everything of the server.</param>
public sealed record ClearCache(string? Server, string? Tool) : IRequest<Result<CacheCleared>>;

/// <param name="Servers">Slugs of those of which everything, or the tool, is forgotten.</param>
public sealed record CacheCleared(IReadOnlyList<string> Servers, string? Tool);

internal sealed class ClearCacheValidator : AbstractValidator<ClearCache>
{
    public ClearCacheValidator()
    {
        RuleFor(c => c.Server).MaximumLength(64);
        RuleFor(c => c.Tool).MaximumLength(256);
        RuleFor(c => c.Tool).Null().When(c => c.Server is null, ApplyConditionTo.CurrentValidator).WithMessage("needs a server, whose tool it is");
    }
}

internal sealed class ClearCacheHandler(IServers servers, IRegistryVersion version, IEventOutbox outbox, RegistryQuotas quotas, TimeProvider clock) : IRequestHandler<ClearCache, Result<CacheCleared>>
{
    public async Task<Result<CacheCleared>> Handle(ClearCache request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var named = request.Server is { } one ? [one] : (await servers.List(new ServerFilter(null, null, null, null), null, quotas.MaxServers, cancellationToken)).Select(known => known.Slug).ToList();
        var meant = new List<RegisteredServer>();
        foreach (var name in named)
        {
            if (await servers.Find(name, cancellationToken) is { DeletedAt: null } found)
            {
                meant.Add(found);
            }
        }

        if (meant.Count == 0 && request.Server is not null)
        {
            return ServerView.NotFound();
        }

        var now = clock.GetUtcNow();
        foreach (var server in meant)
        {
            server.Forget(request.Tool, now);
            outbox.Changed(server, next, now);
        }

        return new CacheCleared([.. meant.Select(server => server.Slug)], request.Tool);
    }
}
