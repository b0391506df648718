using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>How often one tool was called, how that ended, how long it took, and what failed last. A tool that was never called has zero calls: tracing does not know what there is.</summary>
public sealed record SummarizeExecutions(string Server, string Tool, string? From, string? To) : IRequest<Result<ToolExecutions>>, IQuery, ITimeRanged;

internal sealed class SummarizeExecutionsValidator : AbstractValidator<SummarizeExecutions>
{
    public SummarizeExecutionsValidator(TimeProvider clock)
    {
        Include(new TimeRangedValidator(clock));
        RuleFor(q => q.Server).Must(s => ListCallsValidator.BeStorable(s, StoredCall.MaxNameLength)).WithMessage(ListCallsValidator.Storable(StoredCall.MaxNameLength));
        RuleFor(q => q.Tool).Must(t => ListCallsValidator.BeStorable(t, StoredCall.MaxNameLength)).WithMessage(ListCallsValidator.Storable(StoredCall.MaxNameLength));
    }
}

internal sealed class SummarizeExecutionsHandler(ICalls calls, TimeProvider clock) : IRequestHandler<SummarizeExecutions, Result<ToolExecutions>>
{
    public async Task<Result<ToolExecutions>> Handle(SummarizeExecutions request, CancellationToken cancellationToken) =>
        await calls.Executions(TimeRange.Of(request, clock.GetUtcNow()), request.Server, request.Tool, cancellationToken);
}
