namespace McpPlatform.Tracing.Domain;

/// <summary>How a call ended, as gateways say it (Contracts, <c>CallRecord.Status</c>). Stored as it came, so that a newer gateway's word is kept too.</summary>
public static class CallStatus
{
    public const string Ok = "ok";

    /// <summary>The tool ran and said that it failed.</summary>
    public const string ToolError = "tool_error";

    /// <summary>A policy refused.</summary>
    public const string Denied = "denied";

    /// <summary>The call could not be made, or broke on the way.</summary>
    public const string Failed = "error";

    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Ok, ToolError, Denied, Failed, Cancelled];
}
