namespace McpPlatform.Gateway.Attempts;

/// <summary>
/// Bounds the retries at one server to a tenth of its requests, so that retrying never becomes the load that keeps a server down. Each request puts in a tenth
/// of a token, each retry takes one. Thread-safe, without a lock.
/// </summary>
public sealed class RetryBudget
{
    private const int PerRequest = 1;
    private const int PerRetry = 10;

    /// <summary>Ten retries: what a server that is seldom called may use at once. Full when new.</summary>
    private const int Most = 10 * PerRetry;

    private int _tenths = Most;

    /// <summary>Retries that could be made now.</summary>
    public int Left => Volatile.Read(ref _tenths) / PerRetry;

    /// <summary>A request begins.</summary>
    public void Earn()
    {
        // Full most of the time: then nothing is written, and no cache line is fought over. A few earned at once may go over the bound by as many tenths.
        if (Volatile.Read(ref _tenths) < Most)
        {
            Interlocked.Add(ref _tenths, PerRequest);
        }
    }

    /// <summary>Takes one retry; false when there is none.</summary>
    public bool TrySpend()
    {
        while (true)
        {
            var seen = Volatile.Read(ref _tenths);
            if (seen < PerRetry)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _tenths, seen - PerRetry, seen) == seen)
            {
                return true;
            }
        }
    }
}
