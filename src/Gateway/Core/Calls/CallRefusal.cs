using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>A call that ends without an answer of its server.</summary>
/// <param name="Status">For the record: <c>denied</c> or <c>error</c>.</param>
/// <param name="Code">Stable; in the record and, unless the caller must not learn it, in the error's <c>data.code</c>.</param>
/// <param name="Error">What the caller gets.</param>
/// <param name="RetryAfter">When trying again makes sense; null = the code does not say.</param>
public sealed record CallRefusal(string Status, string Code, McpError Error, TimeSpan? RetryAfter = null)
{
    /// <summary>What a key needs to be bounded to as well for this; null = that is not why.</summary>
    public string? MissingScope { get; init; }

    /// <summary>Address of the gateway that has to answer; null = this one has answered.</summary>
    public string? ForwardTo { get; init; }

    /// <summary>What the attempts at a server came to; null when it was refused without any.</summary>
    internal AttemptFailure? Failed { get; init; }

    private const string Denied = "denied";
    private const string Broken = "error";

    /// <summary>
    /// Nothing of that kind by that name; or the caller may not see it (<paramref name="isHidden"/>): the record knows the difference, the caller gets exactly the same.
    /// </summary>
    /// <param name="uri">Of a resource; null where none was sent.</param>
    public static CallRefusal Unknown(TargetKind kind, ProtocolEra era, string? uri, bool isHidden)
    {
        var (code, error) = kind switch
        {
            TargetKind.Tool => ("tool.unknown", McpError.UnknownTool),
            TargetKind.Prompt => ("prompt.unknown", UnknownPrompt),
            TargetKind.Resource => ("resource.unknown", UnknownResource(era, uri)),
            _ => ("method.unknown", UnknownMethod(era)),
        };
        return isHidden ? new(Denied, "policy.denied", error) : new(Broken, code, error);
    }

    /// <summary>Several servers of the caller have the resource: only their own endpoints tell them apart.</summary>
    internal static CallRefusal AmbiguousResource(string uri, IReadOnlyList<ServerRoute> owners)
    {
        var data = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(data))
        {
            json.WriteStartObject();
            json.WriteString("code", "resource.ambiguous");
            json.WriteString("uri", uri);
            json.WriteStartArray("servers");
            foreach (var owner in owners)
            {
                json.WriteStringValue(owner.Slug);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var message = $"Several servers have this resource: {string.Join(", ", owners.Select(owner => owner.Slug))}. Ask at one server's endpoint, /mcp/servers/{{server}}.";
        return new(Broken, "resource.ambiguous", McpError.Params(message) with { Data = data.WrittenMemory });
    }

    /// <summary>The server has the tool only for clients that can be asked for what this one did not declare (2026-07-28).</summary>
    internal static CallRefusal MissingCapability(ClientAbilities missing)
    {
        byte[] data = [.. "{\"code\":\"client.capability_missing\",\"requiredCapabilities\":"u8, .. ClientAbility.Declare(missing), .. "}"u8];
        return new(Broken, "client.capability_missing", new McpError(ErrorCodes.MissingClientCapability, "This tool asks its client for something that yours does not declare.", 400) { Data = data });
    }

    /// <summary>Parameters that say nothing that could be looked for.</summary>
    internal static CallRefusal Malformed(string message) => new(Broken, "params.malformed", McpError.Params(message));

    /// <summary>An argument that a tool set fixes: what its operator decided is not the client's to say.</summary>
    internal static CallRefusal ArgumentFixed(string name) => new(Denied, "argument.fixed", McpError.Params($"The argument '{name}' is set by this tool set and cannot be sent. Leave it out.")
        with { Data = (byte[])[.. "{\"code\":\"argument.fixed\",\"argument\":"u8, .. JsonMembers.Quote(name).Span, .. "}"u8] });

    /// <summary>A <c>requestState</c> that is not ours, another request's or another caller's, or too old; or its call is over.</summary>
    public static CallRefusal StateUnusable { get; } =
        Of(Broken, "request_state.unusable", ErrorCodes.InvalidParams, "'params.requestState' is not valid for this request, or no longer. Send the request again without it.", 200);

    /// <summary>The call that waits for this round waits in another gateway, which is to answer: nothing happened here, and nothing is recorded.</summary>
    internal static CallRefusal HeldElsewhere(string address) => StateUnusable with { ForwardTo = address };

    private static McpError UnknownPrompt { get; } = McpError.Params("Unknown prompt.");

    /// <summary>-32602 with the URI in 2026-07-28, -32002 before.</summary>
    private static McpError UnknownResource(ProtocolEra era, string? uri) =>
        new McpError(era == ProtocolEra.Modern ? ErrorCodes.InvalidParams : ErrorCodes.ResourceNotFound, "Resource not found.")
        {
            Data = uri is null ? default : (byte[])[.. "{\"uri\":"u8, .. JsonMembers.Quote(uri).Span, .. "}"u8],
        };

    private static McpError UnknownMethod(ProtocolEra era) => new(ErrorCodes.MethodNotFound, "Method not found.", era == ProtocolEra.Modern ? 404 : 200);

    /// <summary>Something that the caller may use, but not with these arguments or not now.</summary>
    public static CallRefusal PolicyDenied { get; } = Of(Denied, "policy.denied", ErrorCodes.AccessDenied, "Policy denies this call with these arguments.", 200);

    /// <summary>The key is bounded to other actions (RFC 6750, insufficient_scope). Said before anything is looked for.</summary>
    public static CallRefusal OutOfScope(string action)
    {
        var data = $$"""{"code":"insufficient_scope","scope":"{{action}}"}""";
        var error = new McpError(ErrorCodes.AccessDenied, $"The scopes of this key do not include {action}. Use a key that has it.", 403) { Data = Encoding.UTF8.GetBytes(data) };
        return new(Denied, "insufficient_scope", error) { MissingScope = action };
    }

    public static CallRefusal ApprovalRequired { get; } =
        Of(Denied, "approval_required", ErrorCodes.ApprovalRequired, "This call needs somebody's approval first.", 200);

    /// <summary>The policy service has not confirmed its snapshot for too long.</summary>
    public static CallRefusal PolicyStale { get; } =
        Of(Denied, "policy_stale", ErrorCodes.NotReady, "The policy could not be refreshed for too long; calls are denied until it is.", 503, TimeSpan.FromSeconds(5));

    public static CallRefusal NotReady { get; } = Of(Broken, "not_ready", ErrorCodes.NotReady, "The gateway has no snapshot yet.", 503, TimeSpan.FromSeconds(1));

    /// <summary>The gateway is being stopped, and the call did not end within the time for that.</summary>
    public static CallRefusal Stopping { get; } = Of(
        Broken, "gateway.stopping", ErrorCodes.UpstreamUnavailable, "The gateway is being stopped and could not wait any longer. Whether the tool has run is unknown.", 503, TimeSpan.FromSeconds(1));

    /// <summary>The call must be recorded, and cannot be.</summary>
    public static CallRefusal AuditUnavailable { get; } =
        Of(Broken, "audit_unavailable", ErrorCodes.NotReady, "This call must be recorded and cannot be at the moment.", 503, TimeSpan.FromSeconds(5));

    /// <summary>Over a rate: of the key, the server or the tool.</summary>
    public static CallRefusal RateLimited(in LimitUse use)
    {
        var (limit, kind) = (use.Terms.Limit, use.Terms.Kind.Name());
        var what = use.Terms.Kind == LimitKind.Key ? "requests with this key" : $"calls of this {kind}";
        var message = string.Create(CultureInfo.InvariantCulture, $"Too many {what}: {limit.PerSecond:0.###} a second, {limit.Burst} at once. Wait as long as Retry-After says.");
        var data = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"code":"rate_limited","limit":"{{kind}}","value":{{limit.PerSecond:0.###}},"burst":{{limit.Burst}},"retryAfterSeconds":{{Seconds(use.RetryAfter)}}}""");
        return new CallRefusal(Broken, "rate_limited", new McpError(ErrorCodes.RateLimited, message, 429) { Data = Encoding.UTF8.GetBytes(data) }, use.RetryAfter);
    }

    /// <summary>No place among the calls under way: too many wait already, or none became free in time.</summary>
    public static CallRefusal Crowded(LimitScope scope, int most, Admission admission)
    {
        var (whose, status) = scope == LimitScope.Server ? ("server", 503) : ("tenant", 429);
        var why = admission == Admission.Full ? "queue_full" : "queue_timeout";
        var message = admission == Admission.Full
            ? $"{most} calls of this {whose} are under way and too many wait for their turn."
            : $"{most} calls of this {whose} are under way and none ended in time.";
        var data = $$"""{"code":"concurrency_limited","limit":"concurrency","scope":"{{whose}}","value":{{most}},"reason":"{{why}}","retryAfterSeconds":1}""";
        return new CallRefusal(
            Broken, "concurrency_limited", new McpError(ErrorCodes.RateLimited, message, status) { Data = Encoding.UTF8.GetBytes(data) }, TimeSpan.FromSeconds(1));
    }

    /// <summary>The server behind the platform failed. Message and data say which limit was hit: timer, budget, attempts.</summary>
    public static CallRefusal Upstream(AttemptFailure failed)
    {
        var failure = failed.Failure;
        var (rpcCode, httpStatus) = failure.Kind switch
        {
            FailureKind.Timeout => (ErrorCodes.UpstreamTimeout, 504),
            FailureKind.RateLimited or FailureKind.BreakerOpen or FailureKind.InstanceLimit => (ErrorCodes.UpstreamUnavailable, 503),
            _ => (ErrorCodes.UpstreamUnavailable, 502),
        };
        var code = "upstream." + failure.Code;
        var data = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(data))
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            if (failure.Timer is { } timer)
            {
                json.WriteString("timer", timer.Name());
                json.WriteNumber("timerMs", (long)failure.Limit.TotalMilliseconds);
            }

            json.WriteNumber("attempts", failed.Attempts);
            json.WriteString("stopped", failed.Reason.Name());
            if (failure.RetryAfter is { } wait)
            {
                json.WriteNumber("retryAfterSeconds", Seconds(wait));
            }

            json.WriteEndObject();
        }

        var message = $"{failure.Message} {failed.Reason.Sentence(failed.Attempts)}";
        return new CallRefusal(Broken, code, new McpError(rpcCode, message, httpStatus) { Data = data.WrittenMemory }, failure.RetryAfter) { Failed = failed };
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static CallRefusal Of(string status, string code, int rpcCode, string message, int httpStatus, TimeSpan? retryAfter = null)
    {
        var data = retryAfter is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"code":"{{code}}","retryAfterSeconds":{{Seconds(wait)}}}""")
            : $$"""{"code":"{{code}}"}""";
        return new CallRefusal(status, code, new McpError(rpcCode, message, httpStatus) { Data = Encoding.UTF8.GetBytes(data) }, retryAfter);
    }
}
