using System.Numerics;

namespace McpPlatform.Gateway.Telemetry;

/// <summary>
/// Histograms of what calls spent at each stage, and of all of it without the upstream. Nine histograms by a listener would cost a call more than some of the stages do: here it costs
/// two additions each, in cells that belong to the processor it runs on. No locks, no objects. Whoever reads adds the cells up.
/// </summary>
public sealed class StageTimes
{
    /// <summary>The one that no stage has: total without upstream.</summary>
    private const int Overhead = CallStages.Count;

    private const int Histograms = CallStages.Count + 1;

    /// <summary>Cells of a processor end so far before the next one's begin that they share no cache line.</summary>
    private const int Gap = 16;

    private readonly long _frequency;
    private readonly long[] _bounds;
    private readonly byte[] _firsts;
    private readonly long[][] _cells;

    /// <param name="frequency">Ticks of a second.</param>
    public StageTimes(long frequency)
    {
        _frequency = frequency;
        _bounds = [.. Bounds.Select(seconds => (long)Math.Round(seconds * frequency))];
        _firsts = [.. Enumerable.Range(0, 64).Select(log => (byte)Array.FindIndex([.. _bounds, long.MaxValue], bound => bound >= 1L << log))];
        _cells = [.. Enumerable.Range(0, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount)).Select(_ => new long[(Histograms * Width) + Gap])];
    }

    /// <summary>Seconds: 1 µs to 60 s, since most stages take microseconds and one of them may take as long as a server does.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
        [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>A cell for each bucket, one for what is above the bounds, one for the sum.</summary>
    private static int Width => Bounds.Count + 2;

    /// <summary>Counts a call that is over.</summary>
    public void Record(in CallTimes times)
    {
        var cells = _cells[Thread.GetCurrentProcessorId() & (_cells.Length - 1)];
        var overhead = 0L;
        for (var i = 0; i < CallStages.Count; i++)
        {
            var spent = times[(CallStage)i];
            Add(cells, i, spent);
            overhead += i == (int)CallStage.Upstream ? 0 : spent;
        }

        Add(cells, Overhead, overhead);
    }

    /// <summary>What was counted of a stage; null: of all but the upstream.</summary>
    public StageHistogram Read(CallStage? stage)
    {
        var (at, sum, count) = ((int)(stage ?? (CallStage)Overhead) * Width, 0L, 0L);
        var buckets = new long[Bounds.Count];
        for (var i = 0; i <= Bounds.Count; i++)
        {
            foreach (var cells in _cells)
            {
                count += Volatile.Read(ref cells[at + i]);
            }

            if (i < Bounds.Count)
            {
                buckets[i] = count;
            }
        }

        foreach (var cells in _cells)
        {
            sum += Volatile.Read(ref cells[at + Width - 1]);
        }

        return new StageHistogram(count, (double)sum / _frequency, buckets);
    }

    private void Add(long[] cells, int histogram, long ticks)
    {
        var at = histogram * Width;
        var bucket = 0;
        if (ticks > 0)
        {
            Interlocked.Add(ref cells[at + Width - 1], ticks);
            for (bucket = _firsts[BitOperations.Log2((ulong)ticks)]; bucket < _bounds.Length && ticks > _bounds[bucket]; bucket++)
            {
            }
        }

        Interlocked.Increment(ref cells[at + bucket]);
    }
}

/// <param name="Sum">Seconds.</param>
/// <param name="Buckets">Cumulative, by <see cref="StageTimes.Bounds"/>.</param>
public sealed record StageHistogram(long Count, double Sum, IReadOnlyList<long> Buckets);
