using FluentValidation;
using McpPlatform.Contracts.Tracing;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Tracing.Application.Batches;

/// <summary>Which of these batches are stored for good? Unknown ids are not an error: they are on their way, or were never sent.</summary>
public sealed record FindCommittedBatches(IReadOnlyList<Guid> EventIds) : IRequest<Result<CommittedBatches>>, IQuery;

internal sealed class FindCommittedBatchesValidator : AbstractValidator<FindCommittedBatches>
{
    /// <summary>1000: far more than a gateway has on the way at once.</summary>
    public const int MaxIds = 1000;

    public FindCommittedBatchesValidator()
    {
        RuleFor(q => q.EventIds).NotNull();
        RuleFor(q => q.EventIds).Must(ids => ids.Count <= MaxIds).When(q => q.EventIds is not null).WithMessage($"must be at most {MaxIds} ids");
    }
}

internal sealed class FindCommittedBatchesHandler(ICallStore store) : IRequestHandler<FindCommittedBatches, Result<CommittedBatches>>
{
    public async Task<Result<CommittedBatches>> Handle(FindCommittedBatches request, CancellationToken cancellationToken) =>
        new CommittedBatches(request.EventIds.Count == 0 ? [] : await store.Committed(request.EventIds, cancellationToken));
}
