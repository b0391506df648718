using McpPlatform.Gateway.State;

namespace McpPlatform.Gateway.Intents;

/// <summary>What is asked for.</summary>
/// <param name="Environment">Null = whichever there is.</param>
/// <param name="Versions">Null = whichever there is.</param>
public sealed record IntentQuestion(string Intent, string? Environment, VersionRange? Versions);

/// <summary>Who carries out an intent for a caller, in the order in which they are asked. Made of what the caller may call, and of nothing else.</summary>
/// <param name="Candidates">At least one.</param>
public sealed record IntentPlan(IntentQuestion Question, IReadOnlyList<PlannedCandidate> Candidates);

/// <summary>A candidate that the caller may call.</summary>
/// <param name="Way">By which it is one.</param>
/// <param name="Tool">As it is now.</param>
/// <param name="IsOpen">Its server failed so often that it is left alone for the moment: it is passed over while others are there.</param>
public sealed record PlannedCandidate(IntentWay Way, IntentCandidate Candidate, ToolRoute Tool, bool IsOpen)
{
    /// <summary><c>route</c> or <c>integration</c>.</summary>
    public string Source => Way.RouteId is null ? "integration" : "route";
}
