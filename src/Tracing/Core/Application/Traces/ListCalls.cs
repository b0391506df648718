using System.Globalization;
using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;
using MediatR;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>The current tenant's calls, newest first. Every member is text as it came, so that each one that is wrong is named in one answer.</summary>
public sealed record ListCalls : IRequest<Result<Page<CallSummary>>>, IQuery, ITimeRanged
{
    public string? From { get; init; }

    public string? To { get; init; }

    public string? Subject { get; init; }

    public string? Server { get; init; }

    public string? Tool { get; init; }

    public string? Method { get; init; }

    public string? Status { get; init; }

    public string? MinDurationMs { get; init; }

    public string? RequestId { get; init; }

    public string? TraceId { get; init; }

    public string? Limit { get; init; }

    public string? Cursor { get; init; }
}

internal sealed class ListCallsValidator : AbstractValidator<ListCalls>
{
    public ListCallsValidator(TimeProvider clock)
    {
        Include(new TimeRangedValidator(clock));
        RuleFor(q => q.Subject).Must(t => BeStorable(t, StoredCall.MaxSubjectLength)).WithMessage(Storable(StoredCall.MaxSubjectLength));
        RuleFor(q => q.Server).Must(t => BeStorable(t, StoredCall.MaxNameLength)).WithMessage(Storable(StoredCall.MaxNameLength));
        RuleFor(q => q.Tool).Must(t => BeStorable(t, StoredCall.MaxNameLength)).WithMessage(Storable(StoredCall.MaxNameLength));
        RuleFor(q => q.Method).Must(t => BeStorable(t, StoredCall.MaxMethodLength)).WithMessage(Storable(StoredCall.MaxMethodLength));
        RuleFor(q => q.RequestId).Must(t => BeStorable(t, StoredCall.MaxIdLength)).WithMessage(Storable(StoredCall.MaxIdLength));
        RuleFor(q => q.TraceId).Must(t => t is null || (t.Length == 32 && t.All(char.IsAsciiHexDigitLower))).WithMessage("must be 32 lower-case hex digits");
        RuleFor(q => q.Status).Must(s => s is null || CallStatus.All.Contains(s)).WithMessage($"must be one of {string.Join(", ", CallStatus.All)}");
        RuleFor(q => q.MinDurationMs).Must(m => m is null || ListCallsHandler.TryDuration(m, out _)).WithMessage("must be a number of milliseconds from 0 to 86400000");
        RuleFor(q => q.Limit).Must(l => l is null || ListCallsHandler.TryLimit(l, out _)).WithMessage($"must be a whole number from 1 to {Paging.MaxLimit}");
        RuleFor(q => q.Cursor).Must(c => CallPosition.TryParse(c, out _)).WithMessage("is not one that this API returned; leave it out to start from the first page");
    }

    internal static bool BeStorable(string? text, int maxLength) => text is null || (text.Length > 0 && CallText.Clean(text, maxLength) == text);

    internal static string Storable(int maxLength) => $"must be 1 to {maxLength} characters of valid text";
}

internal sealed class ListCallsHandler(ICalls calls, TimeProvider clock) : IRequestHandler<ListCalls, Result<Page<CallSummary>>>
{
    public async Task<Result<Page<CallSummary>>> Handle(ListCalls request, CancellationToken cancellationToken)
    {
        var limit = TryLimit(request.Limit, out var asked) ? asked : Paging.DefaultLimit;
        var after = CallPosition.TryParse(request.Cursor, out var position) ? position : null;
        var filter = new CallFilter(TimeRange.Of(request, clock.GetUtcNow()))
        {
            Subject = request.Subject,
            Server = request.Server,
            Tool = request.Tool,
            Method = request.Method,
            Status = request.Status,
            RequestId = request.RequestId,
            TraceId = request.TraceId,
            MinDurationMicroseconds = TryDuration(request.MinDurationMs, out var microseconds) ? microseconds : null,
        };
        var found = await calls.List(filter, after, limit + 1, cancellationToken);
        return found.Count <= limit
            ? new Page<CallSummary>(found, NextCursor: null)
            : new Page<CallSummary>([.. found.Take(limit)], new CallPosition(found[limit - 1].StartedAt, found[limit - 1].Id).ToCursor());
    }

    internal static bool TryLimit(string? text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && Paging.Limit(limit).IsSuccess;

    internal static bool TryDuration(string? text, out long microseconds)
    {
        var isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= 86_400_000;
        microseconds = isNumber ? (long)Math.Ceiling(milliseconds * 1000) : 0;
        return isNumber;
    }
}
