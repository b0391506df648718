using System.Globalization;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Attempts;

/// <summary>Why an attempt at an upstream gave no answer.</summary>
public enum FailureKind
{
    /// <summary>No connection, no process, or no handshake.</summary>
    Connect,

    /// <summary>One of the timers ran out.</summary>
    Timeout,

    /// <summary>It answered with something that is not the protocol.</summary>
    Protocol,

    /// <summary>The connection or the process ended before the answer.</summary>
    Closed,

    /// <summary>The answer is larger than the limit.</summary>
    TooLarge,

    /// <summary>It refused our credential (HTTP 401, 403).</summary>
    Unauthorized,

    /// <summary>An HTTP status that says: not now (408, 425, 500, 502, 503, 504).</summary>
    Unavailable,

    /// <summary>It has had enough requests for now (HTTP 429).</summary>
    RateLimited,

    /// <summary>Another HTTP status that is no answer.</summary>
    HttpStatus,

    /// <summary>It failed so often that it is left alone for a while; nothing was sent.</summary>
    BreakerOpen,

    /// <summary>Its address may not be reached from here.</summary>
    EgressDenied,

    /// <summary>The operator's file has no launcher of this name, or it declares other variables.</summary>
    LauncherUnknown,

    /// <summary>A stored credential cannot be decrypted.</summary>
    CredentialUnreadable,

    /// <summary>As many processes run as may, and none of them is idle; nothing was sent.</summary>
    InstanceLimit,

    /// <summary>The server wants to share its process with other tenants, which the operator's file does not allow for its launcher.</summary>
    LauncherNotShareable,
}

/// <summary>A failed attempt, classified: what decides whether another attempt makes sense, and what callers and records are told.</summary>
/// <param name="MayHaveRun">True when the request may have reached the upstream, so that sending it again might run the tool twice.</param>
/// <param name="Message">Ours alone: never a secret, never the upstream's own words.</param>
public sealed record CallFailure(FailureKind Kind, bool MayHaveRun, string Message)
{
    /// <summary>The timer that ran out; null when none of ours did.</summary>
    public AttemptTimer? Timer { get; init; }

    /// <summary>How long that timer is.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>When the upstream wants to be asked again at the earliest; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The stable code.</summary>
    public string Code => Kind switch
    {
        FailureKind.Connect => "connect_failed",
        FailureKind.Timeout => "timeout",
        FailureKind.Protocol => "protocol_error",
        FailureKind.Closed => "closed",
        FailureKind.TooLarge => "too_large",
        FailureKind.Unauthorized => "unauthorized",
        FailureKind.HttpStatus or FailureKind.Unavailable => "http_status",
        FailureKind.RateLimited => "rate_limited",
        FailureKind.BreakerOpen => "breaker_open",
        FailureKind.EgressDenied => "egress_denied",
        FailureKind.LauncherUnknown => "launcher_unknown",
        FailureKind.CredentialUnreadable => "credential_unreadable",
        FailureKind.InstanceLimit => "instance_limit",
        FailureKind.LauncherNotShareable => "launcher_not_shareable",
        _ => throw new InvalidOperationException($"No code for {Kind}."),
    };

    /// <summary>
    /// Whether it speaks against the endpoint. An endpoint that refuses us or has had enough is alive; one that takes its time is as well, which is why the total
    /// does not count; and what a caller's own impatience cut off says nothing.
    /// </summary>
    public bool IsEndpointsFault(AttemptTimers timers) => Kind switch
    {
        FailureKind.Connect or FailureKind.Closed or FailureKind.Unavailable or FailureKind.Protocol or FailureKind.EgressDenied => true,
        FailureKind.Timeout => Timer != AttemptTimer.Total && !timers.AreShortened,
        _ => false,
    };

    /// <summary>Classifies what a transport threw; null for anything else, which is a bug and not a failure of the upstream.</summary>
    public static CallFailure? Of(Exception exception) => exception switch
    {
        CallFailureException classified => classified.Failure,
        UpstreamSetupException setup => new(setup.Kind, false, setup.Message),
        UpstreamException { IsEgressDenied: true } => new(FailureKind.EgressDenied, false, "The server's address may not be reached from here."),
        UpstreamException upstream => new(KindOf(upstream), upstream.MayHaveRun, upstream.Message)
        {
            Timer = upstream.IsConnectTimeout ? AttemptTimer.Connect : null,
            RetryAfter = upstream.RetryAfter,
        },
        _ => null,
    };

    /// <summary>A timer of the attempt ran out.</summary>
    internal static CallFailure OutOfTime(AttemptTimer timer, TimeSpan limit) =>
        new(FailureKind.Timeout, timer != AttemptTimer.Connect, string.Create(CultureInfo.InvariantCulture, $"The server {timer.Missed()} within {limit.TotalSeconds:0.###} s."))
        {
            Timer = timer,
            Limit = limit,
        };

    private static FailureKind KindOf(UpstreamException exception) => exception.Kind switch
    {
        UpstreamFailure.Connect => FailureKind.Connect,
        UpstreamFailure.Timeout => FailureKind.Timeout,
        UpstreamFailure.Closed => FailureKind.Closed,
        UpstreamFailure.TooLarge => FailureKind.TooLarge,
        UpstreamFailure.HttpStatus => exception.HttpStatus switch
        {
            401 or 403 => FailureKind.Unauthorized,
            408 or 425 or 500 or 502 or 503 or 504 => FailureKind.Unavailable,
            429 => FailureKind.RateLimited,
            _ => FailureKind.HttpStatus,
        },
        _ => FailureKind.Protocol,
    };
}

/// <summary>A connection cannot even be tried: what it needs is missing here.</summary>
public sealed class UpstreamSetupException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}

/// <summary>A failure that was classified already, for whoever shares it with others.</summary>
public sealed class CallFailureException(CallFailure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    public CallFailure Failure { get; } = failure;
}
