using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;

namespace McpPlatform.Gateway.Intents;

/// <summary>What became of one candidate.</summary>
/// <param name="Code">Null when it answered.</param>
public sealed record IntentAttempt(PlannedCandidate Candidate, string? Code);

/// <summary>What a caller gets of an intent. Dispose it.</summary>
/// <param name="Outcome">Of the last candidate that was asked.</param>
/// <param name="Call">The call of it.</param>
/// <param name="Attempts">All that were asked, in order.</param>
public sealed record IntentOutcome(CallOutcome Outcome, ToolCall Call, IReadOnlyList<IntentAttempt> Attempts) : IDisposable
{
    public void Dispose() => Outcome.Dispose();
}

/// <summary>Carries out a plan: one candidate after the other, each by a call as any other, until one answers or no other may be asked.</summary>
public sealed class IntentRunner(AttemptRules rules)
{
    /// <summary>Runs a plan to its end. Throws <see cref="OperationCanceledException"/> when the caller cancelled.</summary>
    /// <param name="run">Makes the call of a candidate with so many attempts at most, and runs it.</param>
    public async ValueTask<IntentOutcome> Run(IntentPlan plan, Func<PlannedCandidate, int, ValueTask<(ToolCall Call, CallOutcome Outcome)>> run)
    {
        var attempts = new List<IntentAttempt>(plan.Candidates.Count);
        for (var i = 0; ; i++)
        {
            var candidate = plan.Candidates[i];
            // While others are there, nobody waits to ask the same endpoint once more.
            var isLast = i == plan.Candidates.Count - 1;
            var (call, outcome) = await run(candidate, isLast ? int.MaxValue : candidate.Tool.Server.Endpoints.Length);
            attempts.Add(new IntentAttempt(candidate, outcome.Refusal?.Code));
            if (outcome.Refusal is not { } refusal || isLast || !Elsewhere.MayGo(call, refusal, rules))
            {
                return new IntentOutcome(outcome, call, attempts);
            }

            outcome.Dispose();
        }
    }
}
