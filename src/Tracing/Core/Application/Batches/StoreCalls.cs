using FluentValidation;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.Batches;

/// <summary>Stores a batch of call records, each once however often it comes. Each record names its own tenant.</summary>
public sealed record StoreCalls(IReadOnlyList<CallRecord> Records) : IRequest<Result<StoredBatch>>;

/// <summary>What became of a batch.</summary>
/// <param name="Stored">Records that were new.</param>
/// <param name="OutsideDays">Records of days that have no partition of their own: a late sender, or a clock that is wrong.</param>
public sealed record StoredBatch(int Stored, int OutsideDays);

internal sealed class StoreCallsValidator : AbstractValidator<StoreCalls>
{
    public StoreCallsValidator()
    {
        RuleFor(c => c.Records).NotNull();
        RuleForEach(c => c.Records).NotNull();
    }
}

internal sealed class StoreCallsHandler(ICallStore store, ICallPartitions partitions, RecordRetention retention, TimeProvider clock)
    : IRequestHandler<StoreCalls, Result<StoredBatch>>
{
    public async Task<Result<StoredBatch>> Handle(StoreCalls request, CancellationToken cancellationToken)
    {
        if (request.Records.Count == 0)
        {
            return new StoredBatch(0, 0);
        }

        var now = clock.GetUtcNow();
        var calls = request.Records.Select(StoredCall.Of).ToArray();
        var days = calls.Select(c => c.Day).Distinct().Where(d => retention.HasPartition(d, now)).ToHashSet();
        await partitions.Ensure(days, cancellationToken);
        var stored = await store.Add(calls, cancellationToken);
        return new StoredBatch(stored, calls.Count(c => !days.Contains(c.Day)));
    }
}
