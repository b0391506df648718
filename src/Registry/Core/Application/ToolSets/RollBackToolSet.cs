using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>
/// Makes a set what it was in one of its versions, as a new version: history only grows. Fails with <c>tool_sets.not_found</c>, <c>tool_sets.no_version</c>, <c>tool_sets.managed</c>, <c>tool_sets.changed</c>.
/// </summary>
/// <param name="Set">Id or slug.</param>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
public sealed record RollBackToolSet(string Set, int Version, long? ExpectedVersion) : IRequest<Result<ToolSetView>>;

internal sealed class RollBackToolSetValidator : AbstractValidator<RollBackToolSet>
{
    public RollBackToolSetValidator() => RuleFor(c => c.Version).GreaterThan(0);
}

internal sealed class RollBackToolSetHandler(IToolSets sets, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<RollBackToolSet, Result<ToolSetView>>
{
    public async Task<Result<ToolSetView>> Handle(RollBackToolSet request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await sets.Find(request.Set, cancellationToken) is not { DeletedAt: null } set)
        {
            return ToolSetView.NotFound();
        }

        if (set.ManagedBy != ManagedBy.Api)
        {
            return ToolSetView.Managed(set);
        }

        if (request.ExpectedVersion is { } expected && expected != set.Version)
        {
            return ToolSetView.Changed(set.Version);
        }

        if (await sets.Find(set.Id, request.Version, cancellationToken) is not { } revision)
        {
            return ToolSetView.NoVersion(request.Version);
        }

        var now = clock.GetUtcNow();
        sets.Add(set.Restore(revision, tenant.Actor, now));
        outbox.Changed(set, next, now);
        return await ToolSetView.Of(set, sets, cancellationToken);
    }
}
