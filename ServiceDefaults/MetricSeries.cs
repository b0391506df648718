namespace McpPlatform.ServiceDefaults;

/// <summary>One series of an instrument. Measuring takes no lock; a reader may see a measurement's bucket before its sum.</summary>
/// <param name="bounds">Upper bounds of a histogram, rising; null = no histogram.</param>
/// <param name="adds">Whether values are differences; otherwise each one is the whole.</param>
internal sealed class MetricSeries(IReadOnlyDictionary<string, string> attributes, double[]? bounds, bool adds)
{
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private double _value;
    private long _count;

    /// <summary>The reading in which it was measured last; kept for observable instruments.</summary>
    public long Reading { get; set; }

    public void Record(double value)
    {
        if (bounds is null && !adds)
        {
            Volatile.Write(ref _value, value);
            return;
        }

        Add(value);
        if (bounds is not null)
        {
            Interlocked.Increment(ref _count);
            var index = Array.BinarySearch(bounds, value);
            Interlocked.Increment(ref _buckets[index >= 0 ? index : ~index]);
        }
    }

    public MetricPoint Read()
    {
        if (bounds is null)
        {
            return new MetricPoint(attributes, Value: Volatile.Read(ref _value));
        }

        // The buckets first: what is measured meanwhile may be missing in them, and never in the count alone.
        var buckets = Cumulative(bounds);
        return new MetricPoint(attributes, Count: Volatile.Read(ref _count), Sum: Volatile.Read(ref _value), Buckets: buckets);
    }

    private MetricBucket[] Cumulative(double[] le)
    {
        var buckets = new MetricBucket[le.Length];
        long sum = 0;
        for (var i = 0; i < le.Length; i++)
        {
            sum += Volatile.Read(ref _buckets[i]);
            buckets[i] = new MetricBucket(le[i], sum);
        }

        return buckets;
    }

    private void Add(double value)
    {
        var seen = Volatile.Read(ref _value);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (before.Equals(seen))
            {
                return;
            }

            seen = before;
        }
    }
}
