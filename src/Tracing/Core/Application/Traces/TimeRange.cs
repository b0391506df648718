using System.Globalization;
using FluentValidation;
using McpPlatform.Tracing.Domain;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>From inclusive, to exclusive. Every question about calls has one: it decides which days are read.</summary>
public readonly record struct TimeRange(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>What is meant when nothing is said: the last 24 hours.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromDays(1);

    /// <summary>31 days: bounds what one request reads; older days are asked for month by month.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public DateOnly FirstDay => DateOnly.FromDateTime(From.UtcDateTime);

    public DateOnly LastDay => DateOnly.FromDateTime(To.UtcDateTime);

    /// <summary>Reads what the validator let pass. Absent: to = now, from = a day before to.</summary>
    public static TimeRange Of(ITimeRanged request, DateTimeOffset now)
    {
        var to = TryParse(request.To, out var until) ? until : now;
        return new TimeRange(TryParse(request.From, out var since) ? since : to - Default, to);
    }

    /// <summary>ISO 8601; without an offset it is UTC.</summary>
    internal static bool TryParse(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
        && time >= StoredCall.Earliest + Default && time <= StoredCall.Latest;
}

/// <summary>A request about a range of time, as text.</summary>
public interface ITimeRanged
{
    string? From { get; }

    string? To { get; }
}

internal sealed class TimeRangedValidator : AbstractValidator<ITimeRanged>
{
    private const string Rule = "must be an ISO 8601 time such as 2026-11-20T08:30:00Z (write the + of an offset as %2B) or a day such as 2026-11-20";

    public TimeRangedValidator(TimeProvider clock)
    {
        RuleFor(q => q.From).Must(BeTime).WithMessage(Rule);
        RuleFor(q => q.To).Must(BeTime).WithMessage(Rule);
        When(q => BeTime(q.From) && BeTime(q.To), () =>
        {
            RuleFor(q => q.From).Must((q, _) => Range(q, clock) is var r && r.From < r.To).WithMessage("must be before 'to' (which is now when absent)");
            RuleFor(q => q.From).Must((q, _) => Range(q, clock) is var r && r.To - r.From <= TimeRange.Longest)
                .WithMessage($"must be at most {TimeRange.Longest.TotalDays:0} days before 'to' (which is now when absent); ask for longer ranges in parts");
        });
    }

    private static TimeRange Range(ITimeRanged request, TimeProvider clock) => TimeRange.Of(request, clock.GetUtcNow());

    private static bool BeTime(string? text) => text is null || TimeRange.TryParse(text, out _);
}
