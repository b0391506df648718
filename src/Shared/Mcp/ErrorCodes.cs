namespace McpPlatform.Mcp;

/// <summary>
/// JSON-RPC error codes. -32768..-32000 belong to JSON-RPC and MCP (-32020..-32099 reserved to MCP 2026-07-28); the platform's own lie outside.
/// </summary>
public static class ErrorCodes
{
    /// <summary>The body is not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>JSON, but not one message of this protocol.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>Unknown method, or one that was removed from the revision spoken.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>Missing or wrong parameters; also: unknown tool, unknown resource (modern), bad cursor.</summary>
    public const int InvalidParams = -32602;

    /// <summary>The server failed.</summary>
    public const int InternalError = -32603;

    /// <summary>Unknown resource, legacy revisions only.</summary>
    public const int ResourceNotFound = -32002;

    /// <summary>A mirrored header does not agree with the body (2026-07-28).</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>The client lacks a capability; <c>data.requiredCapabilities</c> names it (2026-07-28).</summary>
    public const int MissingClientCapability = -32021;

    /// <summary>Unknown revision; <c>data</c> has <c>supported</c> and <c>requested</c> (2026-07-28).</summary>
    public const int UnsupportedProtocolVersion = -32022;

    /// <summary>Policy refuses the call.</summary>
    public const int AccessDenied = -31001;

    /// <summary>Policy lets the call through only after somebody approved it.</summary>
    public const int ApprovalRequired = -31002;

    /// <summary>The caller's quota is used up.</summary>
    public const int RateLimited = -31003;

    /// <summary>The server behind the platform cannot be reached or failed.</summary>
    public const int UpstreamUnavailable = -31004;

    /// <summary>The server behind the platform did not answer in time.</summary>
    public const int UpstreamTimeout = -31005;

    /// <summary>The platform itself cannot serve calls now (no snapshot yet, spool full).</summary>
    public const int NotReady = -31006;
}
