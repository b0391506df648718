using System.Text;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Definitions;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Discovery;

/// <summary>
/// Looks at a server now, through a gateway, and stores what it found. A server that fails is an answer (health and message in the view); fails with
/// <c>servers.not_found</c>, and with <c>discovery.no_gateway</c> when no gateway could be asked, which says nothing about the server.
/// </summary>
/// <remarks>A query in the sense that it holds no transaction while the gateway works; what was found is stored by a command of its own.</remarks>
public sealed record DiscoverNow(string Server) : IRequest<Result<ServerView>>, IQuery;

internal sealed class DiscoverNowHandler(IServers servers, IDiscovery discovery, IMediator mediator) : IRequestHandler<DiscoverNow, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(DiscoverNow request, CancellationToken cancellationToken)
    {
        if (await servers.Find(request.Server, cancellationToken) is not { DeletedAt: null } server)
        {
            return ServerView.NotFound();
        }

        var found = await discovery.Discover(new DiscoverServer(server.TenantId, server.Id, server.Slug, SnapshotOf.Connection(server)), cancellationToken);
        if (found is null)
        {
            return Error.Unavailable("discovery.no_gateway", "No gateway could be asked to look at the server. It is tried again by itself.");
        }

        var stored = await mediator.Send(new StoreDiscovery(server.Id, server.Version, found), cancellationToken);

        // Another look was stored at the same moment: this one is compared with that.
        return stored.Error is { Kind: ErrorKind.Conflict } ? await mediator.Send(new StoreDiscovery(server.Id, server.Version, found), cancellationToken) : stored;
    }
}

/// <summary>Stores what a gateway saw by itself. Fails with <c>servers.not_found</c>.</summary>
public sealed record StoreSeenCatalog(SeenCatalog Seen) : IRequest<Result<ServerView>>, IQuery;

internal sealed class StoreSeenCatalogHandler(IServers servers, IMediator mediator) : IRequestHandler<StoreSeenCatalog, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(StoreSeenCatalog request, CancellationToken cancellationToken) =>
        await servers.Find(request.Seen.ServerId.ToString(), cancellationToken) is { DeletedAt: null } server
            ? await mediator.Send(new StoreDiscovery(server.Id, server.Version, request.Seen.Found), cancellationToken)
            : ServerView.NotFound();
}

/// <summary>Stores what a gateway saw, unless the server was changed or removed meanwhile: then it is looked at again anyway.</summary>
public sealed record StoreDiscovery(Guid ServerId, int Version, DiscoveredServer Found) : IRequest<Result<ServerView>>;

internal sealed class StoreDiscoveryHandler(
    IServers servers,
    ICatalog catalog,
    IRegistryVersion version,
    IEventOutbox outbox,
    RegistryQuotas quotas,
    DefinitionReview review,
    IDefinitionAlarm alarm,
    TimeProvider clock) : IRequestHandler<StoreDiscovery, Result<ServerView>>
{
    public async Task<Result<ServerView>> Handle(StoreDiscovery request, CancellationToken cancellationToken)
    {
        if (await servers.Find(request.ServerId.ToString(), cancellationToken) is not { DeletedAt: null } server)
        {
            return ServerView.NotFound();
        }

        if (server.Version != request.Version)
        {
            return ServerView.Of(server);
        }

        var now = clock.GetUtcNow();
        var (health, hash) = (server.Seen.Health, server.Seen.CatalogHash);
        if (Refusal(request.Found) is { } refusal)
        {
            server.Seen.Failed(refusal, now);
        }
        else
        {
            // A server that lists a name twice means one tool: the first. One bad tool costs nobody the others.
            var usable = request.Found.Tools.DistinctBy(t => t.Name).ToLookup(IsAcceptable);
            ToolDefinition[] tools = [.. usable[true]];
            var newHash = CatalogHash.Of(tools);
            var offer = request.Found.Offer is { } seen ? CatalogOffer.TextOf(seen) : null;
            var isChanged = newHash != hash || (offer is not null && (await catalog.OfferOf(server.Id, cancellationToken))?.Says(offer) != true);
            var (said, flagged) = await review.Take(server, SeenDefinition.Of(tools, request.Found.Offer), isChanged, now, cancellationToken);
            var remark = string.Join(' ', ((string[])[said, Remark([.. request.Found.LeftOut ?? [], .. usable[false].Select(Why)])]).Where(part => part.Length > 0));
            server.Seen.Answered(request.Found.ProtocolVersion, request.Found.ServerName, request.Found.ToolsDeclared, tools.Length, newHash, remark, now);
            if (isChanged)
            {
                // From here on this look is alone; another one may have stored something meanwhile.
                var next = await version.Next(cancellationToken);
                await Replace(server, tools, newHash, now, cancellationToken);
                await Take(server, offer, now, cancellationToken);
                outbox.Changed(server, next, now);
            }
            else if (tools.Any(tool => tool.Repairs is { Count: > 0 }))
            {
                ShowRepairs(await catalog.ToolsOf(server.Id, cancellationToken), tools);
            }

            if (flagged.Count > 0)
            {
                outbox.Flagged(server, flagged, now);
                alarm.Flagged(server, flagged);
            }
        }

        server.Seen.PlanNext(now, review.IntervalOf(server, quotas.DiscoveryInterval), Random.Shared.NextDouble());
        if (server.Seen.Health != health)
        {
            outbox.HealthChanged(server, now);
        }

        return ServerView.Of(server);
    }

    private string? Refusal(DiscoveredServer found)
    {
        if (found.Failure is { } failure)
        {
            return $"{failure}: {found.Message}";
        }

        if (found.Tools.Count > quotas.MaxToolsPerServer)
        {
            return $"too_many_tools: the server lists {found.Tools.Count} tools, more than {quotas.MaxToolsPerServer} (option Registry__MaxToolsPerServer).";
        }

        if (found.Offer is { } offer && Encoding.UTF8.GetByteCount(CatalogOffer.TextOf(offer)) > quotas.MaxOfferBytes)
        {
            return $"offer_too_large: prompts, resources, templates and instructions of the server take more than {quotas.MaxOfferBytes} bytes (option Registry__MaxOfferBytes).";
        }

        return null;
    }

    private bool IsAcceptable(ToolDefinition tool) => IsName(tool.Name) && Encoding.UTF8.GetByteCount(tool.Definition.GetRawText()) <= quotas.MaxDefinitionBytes;

    private static bool IsName(string name) => name is { Length: > 0 and <= CatalogTool.MaxNameLength } && name.All(c => c is > ' ' and <= '~');

    private string Why(ToolDefinition tool) => IsName(tool.Name)
        ? $"'{tool.Name}', whose definition takes more than {quotas.MaxDefinitionBytes} bytes (option Registry__MaxDefinitionBytes)"
        : $"'{tool.Name}', whose name is not 1 to {CatalogTool.MaxNameLength} visible characters";

    private static string Remark(IReadOnlyList<string> leftOut) =>
        leftOut.Count == 0 ? "" : $"Left out ({leftOut.Count}): {string.Join("; ", leftOut.Take(5).Select(Shown))}{(leftOut.Count > 5 ? "; …" : ".")}";

    private static string Shown(string text) => new([.. text.Take(200).Select(c => c is >= ' ' and <= '~' ? c : '?')]);

    private async Task Take(RegisteredServer server, string? offer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (offer is null)
        {
            return;
        }

        var known = await catalog.OfferOf(server.Id, cancellationToken);
        if (known is null)
        {
            catalog.Add(known = CatalogOffer.Of(server.TenantId, server.Id, now));
        }

        known.Take(offer);
    }

    /// <summary>The same definition in the server's words, repaired otherwise by a newer gateway: no change of the server's, and nothing that a gateway needs to hear.</summary>
    private static void ShowRepairs(IReadOnlyList<CatalogTool> stored, IReadOnlyList<ToolDefinition> definitions)
    {
        var seen = definitions.ToDictionary(definition => definition.Name);
        foreach (var tool in stored.Where(tool => seen.TryGetValue(tool.Name, out var now) && CatalogHash.Mark(now) == tool.Mark && !tool.Repairs.SequenceEqual(now.Repairs ?? [])))
        {
            tool.Redefine(seen[tool.Name]);
        }
    }

    private async Task Replace(RegisteredServer server, IReadOnlyList<ToolDefinition> definitions, string hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = (await catalog.ToolsOf(server.Id, cancellationToken)).ToDictionary(t => t.Name);
        var listed = definitions.ToDictionary(d => d.Name);
        var difference = CatalogDifference.Between(stored.ToDictionary(t => t.Key, t => t.Value.Mark), listed.ToDictionary(d => d.Key, d => CatalogHash.Mark(d.Value)));
        foreach (var name in difference.Added)
        {
            catalog.Add(CatalogTool.Of(server.TenantId, server.Id, listed[name], now));
        }

        foreach (var name in difference.Changed)
        {
            stored[name].Redefine(listed[name]);
        }

        ShowRepairs([.. stored.Values], definitions);
        foreach (var name in difference.Removed)
        {
            catalog.Remove(stored[name]);
        }

        if (!difference.IsEmpty)
        {
            catalog.Add(CatalogChange.Of(server.TenantId, server.Id, difference, hash, now));
        }
    }
}
