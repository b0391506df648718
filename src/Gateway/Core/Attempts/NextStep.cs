namespace McpPlatform.Gateway.Attempts;

/// <summary>What follows a failed attempt.</summary>
public enum StepKind
{
    /// <summary>Nothing: the caller is told.</summary>
    Stop,

    /// <summary>Again at the same endpoint, after a pause.</summary>
    Retry,

    /// <summary>Again at the same endpoint with another credential, at once.</summary>
    Rotate,

    /// <summary>At another endpoint, at once.</summary>
    FailOver,
}

/// <summary>Why nothing more is tried.</summary>
public enum StopReason
{
    /// <summary>Trying again would end the same way.</summary>
    Permanent,

    /// <summary>Something of the answer went to the caller already.</summary>
    Committed,

    /// <summary>The request may have been carried out, and must not be twice.</summary>
    NotRepeatable,

    /// <summary>As many attempts were made as there may be.</summary>
    Attempts,

    /// <summary>The server's retries are used up for now.</summary>
    RetryBudget,

    /// <summary>The server wants to be asked again later than anybody waits.</summary>
    RetryAfter,

    /// <summary>The total time leaves no room for another attempt.</summary>
    Total,

    /// <summary>No endpoint takes requests at the moment.</summary>
    NoEndpoint,
}

/// <summary>A decision.</summary>
/// <param name="Pause">Before the next attempt; zero unless it is a retry.</param>
/// <param name="Reason">Of a stop.</param>
public readonly record struct Step(StepKind Kind, TimeSpan Pause, StopReason Reason)
{
    public static Step FailOver { get; } = new(StepKind.FailOver, TimeSpan.Zero, default);

    public static Step Rotate { get; } = new(StepKind.Rotate, TimeSpan.Zero, default);

    public static Step Retry(TimeSpan pause) => new(StepKind.Retry, pause, default);

    public static Step Stop(StopReason reason) => new(StepKind.Stop, TimeSpan.Zero, reason);
}

/// <summary>Where a request stands after an attempt at it failed.</summary>
/// <param name="IsCommitted">Something of the answer went to the caller.</param>
/// <param name="IsRepeatable">Carrying it out twice does no harm.</param>
/// <param name="Attempts">Made so far, this one included.</param>
/// <param name="MaxAttempts">The server's bound.</param>
/// <param name="HasOtherEndpoint">Another endpoint was not tried yet and takes requests.</param>
/// <param name="HasOtherCredential">Another credential was not tried yet at this endpoint.</param>
/// <param name="TimeLeft">Of the total.</param>
/// <param name="Random">From 0 up to 1, for the pause.</param>
public readonly record struct Situation(
    CallFailure Failure,
    bool IsCommitted,
    bool IsRepeatable,
    int Attempts,
    int MaxAttempts,
    bool HasOtherEndpoint,
    bool HasOtherCredential,
    TimeSpan TimeLeft,
    double Random);

/// <summary>The rule after a failure, the same for tools and models: no clock, no state but the budget.</summary>
public static class NextStep
{
    /// <summary>
    /// Decides. Another endpoint or credential costs nothing when the request was not carried out, since the endpoint that failed carries no more load from it;
    /// everything else is paid from the budget.
    /// </summary>
    public static Step After(in Situation at, AttemptRules rules, RetryBudget budget)
    {
        if (at.IsCommitted)
        {
            return Step.Stop(StopReason.Committed);
        }

        if (at.Failure.Kind == FailureKind.InstanceLimit)
        {
            return Step.Stop(StopReason.NoEndpoint);
        }

        var remedy = Remedy(at);
        if (remedy == StepKind.Stop)
        {
            return Step.Stop(StopReason.Permanent);
        }

        if (at.Failure.MayHaveRun && !at.IsRepeatable)
        {
            return Step.Stop(StopReason.NotRepeatable);
        }

        if (at.Attempts >= at.MaxAttempts)
        {
            return Step.Stop(StopReason.Attempts);
        }

        if (at.TimeLeft <= TimeSpan.Zero)
        {
            return Step.Stop(StopReason.Total);
        }

        return remedy switch
        {
            StepKind.Rotate => Step.Rotate,
            StepKind.FailOver when !at.Failure.MayHaveRun => Step.FailOver,
            StepKind.FailOver => budget.TrySpend() ? Step.FailOver : Step.Stop(StopReason.RetryBudget),
            _ => Retry(at, rules, budget),
        };
    }

    /// <summary>What could help at all.</summary>
    private static StepKind Remedy(in Situation at)
    {
        var elsewhere = at.HasOtherEndpoint ? StepKind.FailOver : StepKind.Stop;
        return at.Failure.Kind switch
        {
            FailureKind.Connect or FailureKind.Closed => at.HasOtherEndpoint ? StepKind.FailOver : StepKind.Retry,

            // What the endpoint does not do in time it will not do in time at once; and the total leaves nothing to try with.
            FailureKind.Timeout => at.Failure.Timer == AttemptTimer.Total ? StepKind.Stop : at.HasOtherEndpoint ? StepKind.FailOver : StepKind.Retry,
            FailureKind.Unauthorized => at.HasOtherCredential ? StepKind.Rotate : elsewhere,
            FailureKind.RateLimited => at.HasOtherCredential ? StepKind.Rotate : at.HasOtherEndpoint ? StepKind.FailOver : StepKind.Retry,
            FailureKind.Unavailable => at.HasOtherEndpoint ? StepKind.FailOver : StepKind.Retry,
            FailureKind.EgressDenied or FailureKind.HttpStatus => elsewhere,
            _ => StepKind.Stop,
        };
    }

    private static Step Retry(in Situation at, AttemptRules rules, RetryBudget budget)
    {
        var pause = rules.Pause(at.Attempts, at.Random);
        if (at.Failure.RetryAfter is { } wanted)
        {
            if (wanted > rules.LongestRetryAfter)
            {
                return Step.Stop(StopReason.RetryAfter);
            }

            pause = wanted > pause ? wanted : pause;
        }

        return pause >= at.TimeLeft ? Step.Stop(StopReason.Total) : budget.TrySpend() ? Step.Retry(pause) : Step.Stop(StopReason.RetryBudget);
    }
}
