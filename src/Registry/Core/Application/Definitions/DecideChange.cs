using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Definitions;

/// <summary>
/// Accepts what a server changed, which gateways serve from then on, or refuses it. Fails with <c>servers.not_found</c>; with <c>changes.not_found</c> when nothing of this id waits (any
/// more: a definition that changed again has another one); with <c>changes.changed</c> when <paramref name="Mark"/> is not that of what waits.
/// </summary>
/// <param name="Change">Id of a change, or <c>all</c>.</param>
/// <param name="Mark">With <c>all</c>: of the list that was read; null = whatever waits.</param>
public sealed record DecideChange(string Server, string Change, string? Mark, bool Accept) : IRequest<Result<ChangesView>>
{
    public const string All = "all";
}

internal sealed class DecideChangeValidator : AbstractValidator<DecideChange>
{
    public DecideChangeValidator()
    {
        RuleFor(c => c.Change).NotEmpty().MaximumLength(PendingChange.IdLength);
        RuleFor(c => c.Mark).MaximumLength(PendingChange.IdLength);
    }
}

internal sealed class DecideChangeHandler(IServers servers, ICatalog catalog, DefinitionReview review, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock)
    : IRequestHandler<DecideChange, Result<ChangesView>>
{
    public async Task<Result<ChangesView>> Handle(DecideChange request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await servers.Find(request.Server, cancellationToken) is not { DeletedAt: null } server)
        {
            return ServerView.NotFound();
        }

        var found = await review.Of(server, cancellationToken);
        if (request.Mark is { } mark && mark != ChangesView.MarkOf(found.Pending))
        {
            return Error.PreconditionFailed("changes.changed", "Something else waits by now. Read the changes again and decide about those.");
        }

        IReadOnlyList<PendingChange> chosen = request.Change == DecideChange.All ? found.Pending : [.. found.Pending.Where(change => change.Id == request.Change)];
        if (chosen.Count == 0)
        {
            return request.Change == DecideChange.All
                ? Error.Conflict("changes.none", $"Nothing waits. The rule for definitions of '{server.Slug}' is '{found.Rule.Name}'.")
                : Error.NotFound("changes.not_found", "No such change waits. A definition that changed again has another id: read the changes again.");
        }

        var now = clock.GetUtcNow();
        var pins = found.Pins;
        if (pins is null)
        {
            catalog.Add(pins = PinnedDefinitions.First(server, found.Seen, found.Rule.TrustFirstUse, now));
        }

        if (request.Accept)
        {
            pins.Accept(chosen, now);
        }
        else
        {
            pins.Reject(chosen, found.Pending, now);
        }

        // The look that follows says what still waits.
        server.LookAgain(now);
        outbox.Changed(server, next, now);
        return ChangesView.Of(found with { Pins = pins, Pending = request.Accept ? [.. found.Pending.Except(chosen)] : found.Pending }, await catalog.ChangesOf(server.Id, 20, cancellationToken));
    }
}
