using System.Diagnostics;

namespace McpPlatform.Gateway.Attempts;

/// <summary>
/// One request as the engine sees it: where it can go, how it is sent, and what it may cost. Implement it as a struct: the engine is compiled for it, and a
/// request that goes well at once costs no object for it. Nothing here knows what travels: tools and models are served alike.
/// </summary>
/// <typeparam name="TLink">A way to an endpoint, held while one attempt lasts.</typeparam>
/// <typeparam name="TAnswer">What comes back.</typeparam>
public interface IAttemptWork<TLink, TAnswer>
    where TLink : struct, IDisposable
    where TAnswer : class
{
    AttemptTimers Timers { get; }

    int MaxAttempts { get; }

    /// <summary>Whether carrying it out twice does no harm.</summary>
    bool IsRepeatable { get; }

    RetryBudget Budget { get; }

    /// <summary>An endpoint that was not tried yet and takes requests.</summary>
    bool HasOtherEndpoint { get; }

    /// <summary>A credential that was not tried yet at the endpoint.</summary>
    bool HasOtherCredential { get; }

    /// <summary>
    /// Chooses the endpoint of the next attempt, which is begun by that, and keeps it; false: none takes requests, see <see cref="Refusal"/>.
    /// </summary>
    /// <param name="after">What was decided after the last attempt; a stop before the first one.</param>
    bool TryChoose(StepKind after);

    /// <summary>Why there is no endpoint.</summary>
    CallFailure Refusal();

    /// <summary>The span of an attempt at the chosen endpoint; null when nobody listens.</summary>
    Activity? StartSpan();

    /// <summary>A way to the chosen endpoint. Throws what <see cref="Classify"/> knows.</summary>
    ValueTask<TLink> Open(CancellationToken cancellationToken);

    /// <summary>Sends, and waits on the clock's token. Throws what <see cref="Classify"/> knows.</summary>
    ValueTask<TAnswer> Send(TLink link, AttemptClock clock);

    /// <summary>What a thrown exception means; null for a mistake of ours.</summary>
    CallFailure? Classify(Exception exception);

    /// <summary>The attempt at the chosen endpoint is over. Called once for each that was chosen.</summary>
    /// <param name="failure">Null when it was answered, or when the caller gave it up.</param>
    /// <param name="isAnswered">False as well when the caller gave it up.</param>
    void Ended(CallFailure? failure, bool isAnswered, AttemptClock clock);
}

/// <summary>What a request came to: an answer (to be disposed by whoever has it), or a failure.</summary>
public readonly record struct AttemptOutcome<TAnswer>(TAnswer? Answer, AttemptFailure? Failure);

/// <summary>Why a request has no answer.</summary>
/// <param name="Failure">Of the last attempt, or why none could be made.</param>
/// <param name="Reason">Why it was not tried again.</param>
/// <param name="Attempts">Made.</param>
public sealed record AttemptFailure(CallFailure Failure, StopReason Reason, int Attempts);
