using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>Removes a set; its endpoint is gone, its servers stay. Twice is answered alike. Fails with <c>tool_sets.not_found</c>, <c>tool_sets.managed</c>, <c>tool_sets.changed</c>.</summary>
/// <param name="Set">Id or slug.</param>
public sealed record DeleteToolSet(string Set, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeleteToolSetValidator : AbstractValidator<DeleteToolSet>
{
    public DeleteToolSetValidator() => RuleFor(c => c.Set).NotEmpty();
}

internal sealed class DeleteToolSetHandler(IToolSets sets, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock) : IRequestHandler<DeleteToolSet, Result>
{
    public async Task<Result> Handle(DeleteToolSet request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await sets.Find(request.Set, cancellationToken) is not { } set)
        {
            return ToolSetView.NotFound();
        }

        if (set.DeletedAt is null && set.ManagedBy != ManagedBy.Api)
        {
            return ToolSetView.Managed(set);
        }

        if (set.DeletedAt is null && request.ExpectedVersion is { } expected && expected != set.Version)
        {
            return ToolSetView.Changed(set.Version);
        }

        var now = clock.GetUtcNow();
        if (set.Delete(tenant.Actor, now) is { } revision)
        {
            sets.Add(revision);
            outbox.Changed(set, next, now);
        }

        return Result.Success;
    }
}
