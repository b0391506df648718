namespace McpPlatform.Tracing.Domain;

/// <summary>How long calls are kept, and therefore which days have a partition of their own.</summary>
/// <param name="Kept">At least a day; a day goes as a whole when all of it is older.</param>
public sealed record RecordRetention(TimeSpan Kept)
{
    /// <summary>The oldest day of which something is kept.</summary>
    public DateOnly OldestDay(DateTimeOffset now) => Day(now - Kept);

    /// <summary>
    /// Whether calls of this day get a partition of their own: the days that are kept, today and tomorrow. Any other day is a late sender's or a wrong
    /// clock's, and its calls share the default partition, so that nobody can have partitions made without end.
    /// </summary>
    public bool HasPartition(DateOnly day, DateTimeOffset now) => day >= OldestDay(now) && day <= Day(now).AddDays(1);

    /// <summary>The partitions that must exist before calls come: today's and tomorrow's.</summary>
    public static IReadOnlyList<DateOnly> Ahead(DateTimeOffset now) => [Day(now), Day(now).AddDays(1)];

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
