namespace McpPlatform.Benchmarks.Measuring;

/// <summary>What a process has used since it started. Hardly depends on what else the machine does, as times do.</summary>
/// <param name="Processor">Time on a core, of all its threads.</param>
/// <param name="Allocated">Bytes of managed memory.</param>
internal readonly record struct Spending(TimeSpan Processor, long Allocated)
{
    public static Spending operator -(Spending later, Spending earlier) => new(later.Processor - earlier.Processor, later.Allocated - earlier.Allocated);
}
