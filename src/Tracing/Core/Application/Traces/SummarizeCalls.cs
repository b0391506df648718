using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>What the groups of a summary are.</summary>
public enum CallGrouping
{
    /// <summary>A tool of a server.</summary>
    Tool,
    Server,
    Subject,
    Status,
}

/// <summary>How many calls there were, how they ended and how long they took.</summary>
/// <param name="GroupBy"><c>tool</c> (when absent), <c>server</c>, <c>subject</c> or <c>status</c>.</param>
public sealed record SummarizeCalls(string? From, string? To, string? GroupBy) : IRequest<Result<CallStatistics>>, IQuery, ITimeRanged;

/// <summary>The answer.</summary>
/// <param name="Total">Over all calls of the range, also those in groups that are not listed.</param>
/// <param name="Groups">The largest first.</param>
/// <param name="Truncated">True when there are more groups than listed.</param>
public sealed record CallStatistics(DateTimeOffset From, DateTimeOffset To, CallGrouping GroupBy, CallFigures Total, IReadOnlyList<CallGroup> Groups, bool Truncated);

/// <summary>One group; the members that it is not grouped by are null.</summary>
public sealed record CallGroup(string? Server, string? Tool, string? Subject, string? Status, CallFigures Figures);

/// <summary>Figures over some calls.</summary>
/// <param name="Errors">Calls that ended as <c>error</c> or <c>tool_error</c>.</param>
/// <param name="Denied">Calls that a policy refused; no errors.</param>
/// <param name="ErrorShare">Errors by calls, 0 to 1; 0 without calls.</param>
/// <param name="P50Ms">Half of the calls took no longer. Durations are those of calls that happened, not interpolated; null without calls.</param>
public sealed record CallFigures(long Calls, long Errors, long Denied, decimal ErrorShare, decimal? P50Ms, decimal? P95Ms, decimal? P99Ms);

internal sealed class SummarizeCallsValidator : AbstractValidator<SummarizeCalls>
{
    public SummarizeCallsValidator(TimeProvider clock)
    {
        Include(new TimeRangedValidator(clock));
        RuleFor(q => q.GroupBy).Must(g => SummarizeCallsHandler.TryGrouping(g, out _)).WithMessage("must be tool, server, subject or status");
    }
}

internal sealed class SummarizeCallsHandler(ICalls calls, TimeProvider clock) : IRequestHandler<SummarizeCalls, Result<CallStatistics>>
{
    /// <summary>100: more than a person reads; the rest is in the total.</summary>
    private const int MaxGroups = 100;

    public async Task<Result<CallStatistics>> Handle(SummarizeCalls request, CancellationToken cancellationToken)
    {
        TryGrouping(request.GroupBy, out var grouping);
        return await calls.Summarize(TimeRange.Of(request, clock.GetUtcNow()), grouping, MaxGroups, cancellationToken);
    }

    internal static bool TryGrouping(string? text, out CallGrouping grouping)
    {
        (var known, grouping) = text switch
        {
            null or "tool" => (true, CallGrouping.Tool),
            "server" => (true, CallGrouping.Server),
            "subject" => (true, CallGrouping.Subject),
            "status" => (true, CallGrouping.Status),
            _ => (false, default),
        };
        return known;
    }
}
