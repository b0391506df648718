namespace McpPlatform.Gateway.Attempts;

/// <summary>How reasons are told.</summary>
public static class StopReasons
{
    /// <summary>As callers read it in <c>data.stopped</c>.</summary>
    public static string Name(this StopReason reason) => reason switch
    {
        StopReason.Permanent => "permanent",
        StopReason.Committed => "committed",
        StopReason.NotRepeatable => "not_repeatable",
        StopReason.Attempts => "attempts",
        StopReason.RetryBudget => "retry_budget",
        StopReason.RetryAfter => "retry_after",
        StopReason.Total => "total",
        StopReason.NoEndpoint => "no_endpoint",
        _ => throw new InvalidOperationException($"No name for {reason}."),
    };

    /// <summary>For people.</summary>
    /// <param name="attempts">Made.</param>
    public static string Sentence(this StopReason reason, int attempts) => reason switch
    {
        StopReason.Permanent => "Trying again would not help.",
        StopReason.Committed => "Part of the answer had been passed on already, so it was not tried again.",
        StopReason.NotRepeatable => "It may have run, and is not marked as safe to repeat, so it was not tried again.",
        StopReason.Attempts => attempts == 1 ? "One attempt was made, as many as there may be." : $"{attempts} attempts were made, as many as there may be.",
        StopReason.RetryBudget => $"It was not tried again: the server's retry budget (a tenth of its requests) is used up. Attempts made: {attempts}.",
        StopReason.RetryAfter => "The server wants to be asked again later than a call can wait.",
        StopReason.Total => $"The total time leaves no room for another attempt. Attempts made: {attempts}.",
        _ => attempts == 0 ? "No attempt was made." : $"No endpoint takes another attempt. Attempts made: {attempts}.",
    };
}
