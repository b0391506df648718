using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.Retention;

/// <summary>Makes the partitions of today and tomorrow, so that no batch has to wait for one.</summary>
public sealed record OpenDays : IRequest<Result>;

/// <summary>Drops the days that are older than the retention, and returns the names of what was dropped.</summary>
public sealed record DropExpiredDays : IRequest<Result<IReadOnlyList<string>>>;

internal sealed class OpenDaysHandler(ICallPartitions partitions, TimeProvider clock) : IRequestHandler<OpenDays, Result>
{
    public async Task<Result> Handle(OpenDays request, CancellationToken cancellationToken)
    {
        await partitions.Ensure(RecordRetention.Ahead(clock.GetUtcNow()), cancellationToken);
        return Result.Success;
    }
}

internal sealed class DropExpiredDaysHandler(ICallPartitions partitions, RecordRetention retention, TimeProvider clock)
    : IRequestHandler<DropExpiredDays, Result<IReadOnlyList<string>>>
{
    public async Task<Result<IReadOnlyList<string>>> Handle(DropExpiredDays request, CancellationToken cancellationToken) =>
        new(await partitions.DropBefore(retention.OldestDay(clock.GetUtcNow()), cancellationToken));
}
