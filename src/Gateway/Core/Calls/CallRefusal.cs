using System.Globalization;
using System.Text;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Calls;

/// <summary>A call that ends without an answer of its server.</summary>
/// <param name="Status">For the record: <c>denied</c> or <c>error</c>.</param>
/// <param name="Code">Stable; in the record and, unless the caller must not learn it, in the error's <c>data.code</c>.</param>
/// <param name="Error">What the caller gets.</param>
/// <param name="RetryAfter">When trying again makes sense; null = the code does not say.</param>
public sealed record CallRefusal(string Status, string Code, McpError Error, TimeSpan? RetryAfter = null)
{
    private const string Denied = "denied";
    private const string Failed = "error";

    /// <summary>No such tool.</summary>
    public static CallRefusal UnknownTool { get; } = new(Failed, "tool.unknown", McpError.UnknownTool);

    /// <summary>A tool that the caller may not see: told exactly what <see cref="UnknownTool"/> tells.</summary>
    public static CallRefusal HiddenTool { get; } = new(Denied, "policy.denied", McpError.UnknownTool);

    /// <summary>A tool that the caller may use, but not with these arguments or not now.</summary>
    public static CallRefusal PolicyDenied { get; } = Of(Denied, "policy.denied", ErrorCodes.AccessDenied, "Policy denies this call with these arguments.", 200);

    public static CallRefusal ApprovalRequired { get; } =
        Of(Denied, "approval_required", ErrorCodes.ApprovalRequired, "This call needs somebody's approval first.", 200);

    /// <summary>The policy service has not confirmed its snapshot for too long.</summary>
    public static CallRefusal PolicyStale { get; } =
        Of(Denied, "policy_stale", ErrorCodes.NotReady, "The policy could not be refreshed for too long; calls are denied until it is.", 503, TimeSpan.FromSeconds(5));

    public static CallRefusal NotReady { get; } = Of(Failed, "not_ready", ErrorCodes.NotReady, "The gateway has no snapshot yet.", 503, TimeSpan.FromSeconds(1));

    /// <summary>The call must be recorded, and cannot be.</summary>
    public static CallRefusal AuditUnavailable { get; } =
        Of(Failed, "audit_unavailable", ErrorCodes.NotReady, "This call must be recorded and cannot be at the moment.", 503, TimeSpan.FromSeconds(5));

    /// <summary>Over the key's rate.</summary>
    public static CallRefusal RateLimited(TimeSpan retryAfter) =>
        Of(Failed, "rate_limited", ErrorCodes.RateLimited, "Too many requests with this key. Wait as long as Retry-After says.", 429, retryAfter);

    /// <summary>The server behind the platform failed.</summary>
    public static CallRefusal Upstream(CallFailure failure) => failure.Kind == FailureKind.Timeout
        ? Of(Failed, "upstream." + failure.Code, ErrorCodes.UpstreamTimeout, failure.Message, 504)
        : Of(Failed, "upstream." + failure.Code, ErrorCodes.UpstreamUnavailable, failure.Message, 502);

    private static CallRefusal Of(string status, string code, int rpcCode, string message, int httpStatus, TimeSpan? retryAfter = null)
    {
        var data = retryAfter is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"code":"{{code}}","retryAfterSeconds":{{Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds))}}}""")
            : $$"""{"code":"{{code}}"}""";
        return new CallRefusal(status, code, new McpError(rpcCode, message, httpStatus) { Data = Encoding.UTF8.GetBytes(data) }, retryAfter);
    }
}
