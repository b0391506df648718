using System.Diagnostics;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Attempts;

/// <summary>
/// The one way in which the platform calls anything: choose → open → send → classify → retry, rotate, fail over or stop. One token runs from the caller's
/// socket to the upstream's through every phase, pauses included. Once something of an answer reached the caller, nothing is tried again.
/// </summary>
public sealed class AttemptEngine(AttemptRules rules, TimeProvider time)
{
    /// <summary>Runs a request to its end. Throws <see cref="OperationCanceledException"/> only when the caller cancelled.</summary>
    public ValueTask<AttemptOutcome<TAnswer>> Run<TWork, TLink, TAnswer>(TWork work, CancellationToken caller)
        where TWork : struct, IAttemptWork<TLink, TAnswer>
        where TLink : struct, IDisposable
        where TAnswer : class
    {
        work.Budget.Earn();
        return Attempt<TWork, TLink, TAnswer>(work, null, caller);
    }

    /// <summary>
    /// One attempt, and all that follow it: a frame for each, so that the first one, which is nearly always the last, carries nothing but itself.
    /// </summary>
    private async ValueTask<AttemptOutcome<TAnswer>> Attempt<TWork, TLink, TAnswer>(TWork work, Past? past, CancellationToken caller)
        where TWork : struct, IAttemptWork<TLink, TAnswer>
        where TLink : struct, IDisposable
        where TAnswer : class
    {
        caller.ThrowIfCancellationRequested();
        if (!work.TryChoose(past?.Next ?? StepKind.Stop))
        {
            return new(null, new AttemptFailure(past?.Failure ?? work.Refusal(), StopReason.NoEndpoint, past?.Attempts ?? 0));
        }

        using var span = work.StartSpan();
        var clock = new AttemptClock(work.Timers, past, time, caller);
        CallFailure? failure = null;
        TLink link = default;
        TAnswer? answer = null;
        try
        {
            var opening = work.Open(clock.Token);
            link = opening.IsCompletedSuccessfully ? opening.Result : await Wait(opening, clock);
            answer = await work.Send(link, clock);
        }
        catch (Exception exception) when (!caller.IsCancellationRequested && (failure = Classify<TWork, TLink, TAnswer>(work, exception, clock)) is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Code);
        }
        catch (Exception exception) when (caller.IsCancellationRequested && exception is not OperationCanceledException && work.Classify(exception) is not null)
        {
            // What breaks while the caller hangs up is broken by that.
            throw new OperationCanceledException(exception.Message, exception, caller);
        }
        finally
        {
            link.Dispose();
            clock.Dispose();
            work.Ended(failure, answer is not null, clock);
        }

        return answer is not null ? new(answer, null) : await Next<TWork, TLink, TAnswer>(work, failure!, clock, caller);
    }

    /// <summary>What follows a failed attempt.</summary>
    private async Task<AttemptOutcome<TAnswer>> Next<TWork, TLink, TAnswer>(TWork work, CallFailure failure, AttemptClock clock, CancellationToken caller)
        where TWork : struct, IAttemptWork<TLink, TAnswer>
        where TLink : struct, IDisposable
        where TAnswer : class
    {
        var attempts = (clock.Past?.Attempts ?? 0) + 1;
        var step = NextStep.After(
            new Situation(
                failure, clock.IsCommitted, work.IsRepeatable, attempts, Math.Min(work.MaxAttempts, rules.MaxAttempts), work.HasOtherEndpoint, work.HasOtherCredential,
                clock.TotalLeft, Random.Shared.NextDouble()),
            rules,
            work.Budget);
        GatewayMetrics.AttemptFailed(failure, step);
        if (step.Kind == StepKind.Stop)
        {
            return new(null, new AttemptFailure(failure, step.Reason, attempts));
        }

        if (step.Pause > TimeSpan.Zero)
        {
            await Task.Delay(step.Pause, time, caller);
        }

        return await Attempt<TWork, TLink, TAnswer>(work, new Past(clock.StartedAt, attempts, failure, step.Kind), caller);
    }

    /// <summary>A connection has to be made, or a process started.</summary>
    private static async Task<TLink> Wait<TLink>(ValueTask<TLink> opening, AttemptClock clock)
    {
        clock.Wait(ExchangePhase.Connect);
        var link = await opening;
        clock.Restart();
        return link;
    }

    private static CallFailure? Classify<TWork, TLink, TAnswer>(in TWork work, Exception exception, AttemptClock clock)
        where TWork : struct, IAttemptWork<TLink, TAnswer>
        where TLink : struct, IDisposable
        where TAnswer : class => exception is OperationCanceledException && clock.IsCancellationRequested
        ? CallFailure.OutOfTime(clock.Running, clock.Limit)
        : work.Classify(exception) is { } failure ? Limited(failure, clock) : null;

    /// <summary>A transport that measures the time to connect itself does not know how long that is.</summary>
    private static CallFailure Limited(CallFailure failure, AttemptClock clock) => failure is { Timer: { } timer, Limit.Ticks: 0 }
        ? CallFailure.OutOfTime(timer, clock.Timers[timer]) with { Kind = failure.Kind, MayHaveRun = failure.MayHaveRun }
        : failure;
}

/// <summary>What was tried before an attempt.</summary>
/// <param name="StartedAt">Timestamp of the start of the first one.</param>
/// <param name="Failure">Of the last one.</param>
/// <param name="Next">What was decided after it.</param>
internal sealed record Past(long StartedAt, int Attempts, CallFailure Failure, StepKind Next);
