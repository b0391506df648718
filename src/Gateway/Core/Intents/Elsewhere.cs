using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;

namespace McpPlatform.Gateway.Intents;

/// <summary>Whether a call that one candidate did not answer may go to the next: by the rules of the attempt engine, to which another candidate is another endpoint.</summary>
internal static class Elsewhere
{
    public static bool MayGo(ToolCall call, CallRefusal refusal, AttemptRules rules)
    {
        if (refusal.Failed is not { } failed)
        {
            // Refused here, with nothing sent. What is about the caller, the tenant or this gateway is the same at the next one.
            return refusal.Code is "policy.denied" or "approval_required" or "tool.unknown" or "client.capability_missing" or "rate_limited" or "audit_unavailable"
                || (refusal.Code == "concurrency_limited" && refusal.Error.HttpStatus == 503);
        }

        if (failed.Failure.Kind is FailureKind.BreakerOpen or FailureKind.InstanceLimit or FailureKind.LauncherUnknown or FailureKind.LauncherNotShareable or FailureKind.CredentialUnreadable)
        {
            // Its own trouble, found before anything was sent.
            return !failed.Failure.MayHaveRun;
        }

        var at = new Situation(
            failed.Failure,
            IsCommitted: failed.Reason == StopReason.Committed,
            call.IsRepeatable,
            Attempts: 0,
            MaxAttempts: int.MaxValue,
            HasOtherEndpoint: true,
            HasOtherCredential: false,
            TimeLeft: TimeSpan.MaxValue,
            Random: 0);
        return NextStep.After(at, rules, call.Route!.Budget).Kind == StepKind.FailOver;
    }
}
