namespace McpPlatform.Gateway.Attempts;

/// <summary>How failures are met, for all servers.</summary>
/// <param name="MaxAttempts">Attempts at one request, the first included. 3: what two more do not mend, more do not mend either.</param>
/// <param name="FirstPause">Before the first retry at the same endpoint; doubled for each further one, each varied between half and all of it. 100 ms.</param>
/// <param name="LongestPause">2 s: a caller waits meanwhile.</param>
/// <param name="LongestRetryAfter">A server that wants to be asked again only after this long is not waited for. 30 s.</param>
public sealed record AttemptRules(int MaxAttempts, TimeSpan FirstPause, TimeSpan LongestPause, TimeSpan LongestRetryAfter)
{
    public static AttemptRules Default { get; } = new(3, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    /// <summary>The pause before a retry.</summary>
    /// <param name="attempts">Made so far, at least 1.</param>
    /// <param name="random">From 0 up to 1.</param>
    public TimeSpan Pause(int attempts, double random)
    {
        var full = FirstPause * Math.Pow(2, Math.Min(attempts - 1, 16));
        return (full < LongestPause ? full : LongestPause) * (0.5 + (random / 2));
    }
}
