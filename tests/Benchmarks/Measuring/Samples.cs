using System.Diagnostics;

namespace McpPlatform.Benchmarks.Measuring;

/// <summary>Durations of single calls, and how long they took all together.</summary>
internal sealed class Samples
{
    private readonly List<long> _ticks = [];
    private TimeSpan _elapsed;

    public int Count => _ticks.Count;

    public double PerSecond => Count / _elapsed.TotalSeconds;

    /// <summary>What the party that answered used for all these calls, what it did later included; null where there is none.</summary>
    public Spending? Spent { get; set; }

    /// <summary>Adds what one slice measured.</summary>
    public void Add(IEnumerable<long> ticks, TimeSpan elapsed)
    {
        _ticks.AddRange(ticks);
        _elapsed += elapsed;
    }

    /// <summary>Milliseconds that this share of the calls did not exceed; nearest rank.</summary>
    public double Percentile(double share)
    {
        var sorted = _ticks.Order().ToArray();
        return Stopwatch.GetElapsedTime(0, sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)]).TotalMilliseconds;
    }
}
