using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Definitions;

/// <summary>The latest changes of a server's catalog, newest first, at most <see cref="Paging.MaxLimit"/>, and what of it is withheld or flagged. Fails with <c>servers.not_found</c>.</summary>
public sealed record ListChanges(string Server, int? Limit) : IRequest<Result<ChangesView>>, IQuery;

/// <summary>Names of tools that came, changed and went at one look.</summary>
public sealed record CatalogChangeView(DateTimeOffset At, string CatalogHash, IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed);

/// <param name="Items">What changed, look by look, whatever became of it.</param>
/// <param name="Definitions">The rule that holds: <c>auto</c> or <c>quarantine</c>.</param>
/// <param name="Mark">Differs when <paramref name="Pending"/> does; accepting everything can name it, so that nothing is accepted that came later.</param>
/// <param name="Pending">What is withheld.</param>
/// <param name="Flagged">What is suspicious of everything that the server shows, withheld or not.</param>
public sealed record ChangesView(
    IReadOnlyList<CatalogChangeView> Items, string? NextCursor, string Definitions, string Mark, IReadOnlyList<PendingView> Pending, IReadOnlyList<FlaggedView> Flagged)
{
    internal static string MarkOf(IEnumerable<PendingChange> pending) => DefinitionPin.HashOf(string.Join('\n', pending.Select(change => change.Id)))[..PendingChange.IdLength];

    internal static ChangesView Of(Review review, IReadOnlyList<CatalogChange> changes) => new(
        [.. changes.Select(c => new CatalogChangeView(c.At, c.CatalogHash, c.Added, c.Changed, c.Removed))],
        null,
        review.Rule.Name,
        MarkOf(review.Pending),
        [.. review.Pending.Select(change => PendingView.Of(change, review.Pins?.Rejected.Contains(change.Id) == true))],
        [.. review.Seen.Select(seen => new FlaggedView(seen.Kind, seen.Name, DefinitionScan.Of(seen))).Where(flagged => flagged.Findings.Count > 0)]);
}

/// <summary>A definition that is neither listed nor callable until somebody accepts it.</summary>
/// <param name="Id">The same as long as the definition is; accept or reject by it.</param>
/// <param name="Kind"><c>tool</c>, <c>prompt</c>, <c>resource</c>, <c>resource_template</c> or <c>instructions</c>.</param>
/// <param name="Change"><c>added</c>, <c>changed</c>, <c>renamed</c> or <c>shadowing</c>.</param>
/// <param name="Was">The name before a rename.</param>
/// <param name="State"><c>waiting</c> or <c>rejected</c>.</param>
/// <param name="AcceptedHash">Of what was accepted in its place; null = nothing was.</param>
/// <param name="Diff">Line by line against what was accepted; what cannot be seen is spelled out.</param>
public sealed record PendingView(
    string Id, string Kind, string Name, ChangeKind Change, string? Was, string State, string Hash, string? AcceptedHash, IReadOnlyList<Finding> Findings, string Diff)
{
    internal static PendingView Of(PendingChange change, bool isRejected) => new(
        change.Id, change.Seen.Kind, change.Seen.Name, change.Change, change.Was, isRejected ? "rejected" : "waiting", change.Seen.Hash, change.Before?.Hash, change.Findings,
        DefinitionDiff.Between(change.Before?.Text, change.Seen.Text));
}

/// <summary>A definition with something that people should look at before a model does.</summary>
public sealed record FlaggedView(string Kind, string Name, IReadOnlyList<Finding> Findings);

internal sealed class ListChangesHandler(IServers servers, ICatalog catalog, DefinitionReview review) : IRequestHandler<ListChanges, Result<ChangesView>>
{
    public async Task<Result<ChangesView>> Handle(ListChanges request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Limit);
        if (limit.Error is { } error)
        {
            return error;
        }

        return await servers.Find(request.Server, cancellationToken) is { DeletedAt: null } server
            ? ChangesView.Of(await review.Of(server, cancellationToken), await catalog.ChangesOf(server.Id, limit.Value, cancellationToken))
            : ServerView.NotFound();
    }
}
