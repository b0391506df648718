namespace McpPlatform.Gateway.Attempts;

/// <summary>How long a request may take, part by part. All but <paramref name="Total"/> hold for each attempt anew.</summary>
/// <param name="Connect">For a connection to stand; the start of a process has a longer time of its own. 2 s: a live host on another continent answers within one.</param>
/// <param name="Headers">From sending until the head of the response. 30 s, as the first byte: few servers send the one long before the other.</param>
/// <param name="FirstByte">From sending until the first byte of the answer. 30 s: the longest call of the sample workload takes 12 s.</param>
/// <param name="Idle">Between two signs of life. 60 s: servers report progress, or keep the stream alive, every few seconds or not at all.</param>
/// <param name="Total">All attempts and the pauses between them. 10 min: longer work belongs in a job.</param>
public sealed record AttemptTimers(TimeSpan Connect, TimeSpan Headers, TimeSpan FirstByte, TimeSpan Idle, TimeSpan Total)
{
    public static AttemptTimers Default { get; } = new(
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10));

    /// <summary>
    /// True when somebody other than the server's operator made them shorter: an attempt that runs out of such a time says nothing about the server, and a
    /// start that takes longer than <see cref="Connect"/> is not waited for.
    /// </summary>
    public bool AreShortened { get; init; }

    /// <summary>The length of one.</summary>
    public TimeSpan this[AttemptTimer timer] => timer switch
    {
        AttemptTimer.Connect => Connect,
        AttemptTimer.Headers => Headers,
        AttemptTimer.FirstByte => FirstByte,
        AttemptTimer.Idle => Idle,
        _ => Total,
    };

    /// <summary>These, shortened by what a request asks for. It can never have more than its server gives.</summary>
    public AttemptTimers Within(RequestTimers asked) => ReferenceEquals(asked, RequestTimers.None) || asked.IsEmpty ? this : new(
        Min(Connect, asked.Connect), Min(Headers, asked.Headers), Min(FirstByte, asked.FirstByte), Min(Idle, asked.Idle), Min(Total, asked.Total)) { AreShortened = true };

    private static TimeSpan Min(TimeSpan mine, TimeSpan? asked) => asked < mine ? asked.Value : mine;
}

/// <summary>What one request asks for; null: what the server has.</summary>
public sealed record RequestTimers(TimeSpan? Connect, TimeSpan? Headers, TimeSpan? FirstByte, TimeSpan? Idle, TimeSpan? Total)
{
    public static RequestTimers None { get; } = new(null, null, null, null, null);

    public bool IsEmpty => (Connect ?? Headers ?? FirstByte ?? Idle ?? Total) is null;
}
