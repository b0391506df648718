namespace McpPlatform.Gateway.Attempts;

/// <summary>The timers of an attempt, by the names under which they are set and reported.</summary>
public enum AttemptTimer
{
    Connect,
    Headers,
    FirstByte,
    Idle,
    Total,
}

internal static class AttemptTimerNames
{
    /// <summary>As callers read it: <c>first_byte</c>.</summary>
    public static string Name(this AttemptTimer timer) => timer switch
    {
        AttemptTimer.Connect => "connect",
        AttemptTimer.Headers => "headers",
        AttemptTimer.FirstByte => "first_byte",
        AttemptTimer.Idle => "idle",
        _ => "total",
    };

    /// <summary>What did not happen in time, as the end of a sentence about the server.</summary>
    public static string Missed(this AttemptTimer timer) => timer switch
    {
        AttemptTimer.Connect => "could not be connected to",
        AttemptTimer.Headers => "sent no head of an answer",
        AttemptTimer.FirstByte => "sent no first byte of an answer",
        AttemptTimer.Idle => "sent nothing more",
        _ => "did not complete its answer",
    };
}
