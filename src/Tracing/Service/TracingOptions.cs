using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Tracing;

/// <summary>Section <c>Tracing</c>.</summary>
public sealed class TracingOptions
{
    public const string Section = "Tracing";

    /// <summary>How long calls are kept, in whole days and more. Default 30 days: a month's questions, and about 6 GB at 100,000 calls a day of 2 KB.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00", ErrorMessage = "Tracing__Retention must be between 1.00:00:00 (a day) and 3650.00:00:00 (days.hours:minutes:seconds).")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
