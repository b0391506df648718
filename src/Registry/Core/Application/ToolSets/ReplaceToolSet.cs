using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>Replaces what a set is, as a whole; the slug stays. Fails with <c>tool_sets.not_found</c>, <c>tool_sets.managed</c>, <c>tool_sets.changed</c>.</summary>
/// <param name="Set">Id or slug.</param>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
/// <param name="KeepsTitle">The title stays what it is.</param>
public sealed record ReplaceToolSet(string Set, ToolSetTerms Terms, long? ExpectedVersion, bool KeepsTitle = false) : IRequest<Result<ToolSetView>>;

internal sealed class ReplaceToolSetValidator : AbstractValidator<ReplaceToolSet>
{
    public ReplaceToolSetValidator() => RuleFor(c => c.Terms).SetValidator(new ToolSetRules()).OverridePropertyName("");
}

internal sealed class ReplaceToolSetHandler(IToolSets sets, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<ReplaceToolSet, Result<ToolSetView>>
{
    public async Task<Result<ToolSetView>> Handle(ReplaceToolSet request, CancellationToken cancellationToken)
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

        var now = clock.GetUtcNow();
        sets.Add(set.Describe(request.KeepsTitle ? request.Terms with { Title = set.Terms.Title } : request.Terms, tenant.Actor, now));
        outbox.Changed(set, next, now);
        return await ToolSetView.Of(set, sets, cancellationToken);
    }
}
