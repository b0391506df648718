using McpPlatform.Kernel;
using McpPlatform.Tracing.Application.Traces;
using McpPlatform.Tracing.Domain;

namespace McpPlatform.Tracing.Application;

/// <summary>Where calls are kept.</summary>
public interface ICallStore
{
    /// <summary>Adds the calls that are not there yet, within the current unit of work, and returns how many those were.</summary>
    Task<int> Add(IReadOnlyList<StoredCall> calls, CancellationToken cancellationToken);

    /// <summary>Those of the batches (by event id) that are committed.</summary>
    Task<IReadOnlyList<Guid>> Committed(IReadOnlyList<Guid> eventIds, CancellationToken cancellationToken);
}

/// <summary>The days that calls are kept in.</summary>
public interface ICallPartitions
{
    /// <summary>Makes the partitions of these days that do not exist. Any number of callers may do so at once.</summary>
    Task Ensure(IReadOnlyCollection<DateOnly> days, CancellationToken cancellationToken);

    /// <summary>Drops every day before <paramref name="day"/>, and what outside of all days was stored before it. Returns the names of what was dropped.</summary>
    Task<IReadOnlyList<string>> DropBefore(DateOnly day, CancellationToken cancellationToken);
}

/// <summary>Reads the current tenant's calls.</summary>
public interface ICalls
{
    /// <summary>The newest first, after <paramref name="after"/> when there is one.</summary>
    Task<IReadOnlyList<CallSummary>> List(CallFilter filter, CallPosition? after, int limit, CancellationToken cancellationToken);

    Task<CallDetail?> Find(Guid id, CancellationToken cancellationToken);

    /// <summary>All calls of the range in groups, the largest first, at most <paramref name="maxGroups"/>, after one row over all of them.</summary>
    Task<CallStatistics> Summarize(TimeRange range, CallGrouping by, int maxGroups, CancellationToken cancellationToken);

    /// <summary>All calls of one tool in the range, by how they ended.</summary>
    Task<ToolExecutions> Executions(TimeRange range, string server, string tool, CancellationToken cancellationToken);
}
