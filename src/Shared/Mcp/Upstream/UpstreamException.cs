using McpPlatform.Net;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Why an upstream gave no answer: what an attempt engine needs to choose between retry, another server and giving up.</summary>
public enum UpstreamFailure
{
    /// <summary>No connection, no process, or no handshake: nothing was sent.</summary>
    Connect,

    /// <summary>A timer ran out.</summary>
    Timeout,

    /// <summary>It answered with something that is not the protocol.</summary>
    Protocol,

    /// <summary>The connection or the process ended before the answer.</summary>
    Closed,

    /// <summary>A message or the whole answer is larger than allowed.</summary>
    TooLarge,

    /// <summary>An HTTP status that is no answer; see <see cref="UpstreamException.HttpStatus"/>.</summary>
    HttpStatus,
}

/// <summary>
/// An upstream failed to answer. The message is ours alone: an upstream's own words never get into it, so it may be logged.
/// A JSON-RPC error is not a failure in this sense: it is an answer.
/// </summary>
public sealed class UpstreamException : Exception
{
    /// <summary>A failure of a kind.</summary>
    public UpstreamException(UpstreamFailure kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>A refusal by HTTP status.</summary>
    public UpstreamException(int httpStatus)
        : base($"The upstream answered with HTTP status {httpStatus}.")
    {
        Kind = UpstreamFailure.HttpStatus;
        HttpStatus = httpStatus;
    }

    /// <summary>What went wrong.</summary>
    public UpstreamFailure Kind { get; }

    /// <summary>Set for <see cref="UpstreamFailure.HttpStatus"/>, else 0.</summary>
    public int HttpStatus { get; }

    /// <summary>True when the server's address may not be reached from here: nothing was sent, and trying again does not help.</summary>
    public bool IsEgressDenied => EgressDeniedException.TryFind(InnerException, out _);

    /// <summary>When the upstream wants to be asked again at the earliest, by its <c>Retry-After</c>; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when no connection stood within the time for that.</summary>
    public bool IsConnectTimeout => Kind == UpstreamFailure.Connect && InnerException is OperationCanceledException;

    /// <summary>True when it is certain that nothing of the request left this process.</summary>
    internal bool NothingSent { get; init; }

    /// <summary>True when the request may have reached the upstream, so that sending it again may run a tool twice.</summary>
    public bool MayHaveRun => !IsEgressDenied && !NothingSent && Kind != UpstreamFailure.Connect && HttpStatus is not (401 or 403 or 404 or 405 or 429);

    internal static UpstreamException TooLarge(long limit) =>
        new(UpstreamFailure.TooLarge, $"The upstream sent more than the {limit} bytes allowed.");

    internal static UpstreamException Protocol(string what, Exception? inner = null) => new(UpstreamFailure.Protocol, what, inner);

    internal static UpstreamException Closed(string what, Exception? inner = null) => new(UpstreamFailure.Closed, what, inner);

    /// <summary>The connection was closed before anything of the request was sent on it.</summary>
    internal static UpstreamException ClosedBefore(string what, Exception? inner = null) => new(UpstreamFailure.Closed, what, inner) { NothingSent = true };
}
