using System.Net;
using System.Net.Http.Headers;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Builds requests to upstreams and names their failures. Nothing an upstream says gets into an exception's text.</summary>
internal static class HttpPost
{
    // An announced length is only a claim: memory follows the bytes that really come.
    private const int FirstBuffer = 64 * 1024;

    /// <summary>
    /// Before a larger message the server is asked whether it wants it: one that refuses at the head would else be heard only after all of it was sent, if ever. 1 MiB,
    /// as curl has it: what is smaller fits the socket's buffers.
    /// </summary>
    private const int AskFirst = 1024 * 1024;

    /// <summary>Longest wait that an upstream can ask for: a longer one says nothing, and callers are told of it.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>A POST of one message. The message must live until the answer's head is there.</summary>
    public static HttpRequestMessage Create(Uri endpoint, ReadOnlyMemory<byte> message, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var request = With(new HttpRequestMessage(HttpMethod.Post, endpoint), headers);
        request.Content = new ReadOnlyMemoryContent(message);
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (message.Length > AskFirst)
        {
            request.Headers.ExpectContinue = true;
        }

        var trace = OutgoingTrace.Current;
        if (trace.Parent is not null)
        {
            request.Headers.TryAddWithoutValidation(MetaKeys.TraceParent, trace.Parent);
        }

        if (trace.State is not null)
        {
            request.Headers.TryAddWithoutValidation(MetaKeys.TraceState, trace.State);
        }

        return request;
    }

    /// <summary>Adds the operator's headers; what a content header is called does not matter to them.</summary>
    public static HttpRequestMessage With(HttpRequestMessage request, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Sends, with HTTP's own exceptions translated. The caller's cancellation passes through.</summary>
    public static async Task<HttpResponseMessage> Send(HttpMessageInvoker http, HttpRequestMessage request, Patience patience)
    {
        try
        {
            // HttpClient would read the whole answer first, event streams included.
            return http is HttpClient client
                ? await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token)
                : await http.SendAsync(request, patience.Token);
        }
        catch (Exception failure) when (Translate(failure, patience) is { } known)
        {
            throw known;
        }
    }

    /// <summary>What a failure of the HTTP client means, or null when it means that the caller gave up, or is a mistake of ours.</summary>
    public static UpstreamException? Translate(Exception failure, Patience patience) => failure switch
    {
        OperationCanceledException when patience.RanOut => new(UpstreamFailure.Timeout, "The upstream did not answer in time.", failure),
        OperationCanceledException { InnerException: TimeoutException } => new(UpstreamFailure.Connect, "The upstream cannot be reached in time.", failure),
        OperationCanceledException => null,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                or HttpRequestError.ProxyTunnelError
        } => new(UpstreamFailure.Connect, "The upstream cannot be reached.", failure),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new(UpstreamFailure.TooLarge, "The upstream's headers are too large.", failure),
        HttpRequestException or IOException => UpstreamException.Closed("The upstream closed the connection before it answered.", failure),
        _ => null,
    };

    /// <summary>A refusal by HTTP status, with the time after which the upstream wants to be asked again, if it says so: an hour at most.</summary>
    public static UpstreamException Refused(HttpResponseMessage response, TimeProvider time)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : null);
        return new UpstreamException((int)response.StatusCode) { RetryAfter = wait is { } w ? TimeSpan.FromTicks(Math.Clamp(w.Ticks, 0, LongestRetryAfter.Ticks)) : null };
    }

    /// <summary>Reads a whole body up to a size; the buffer is the caller's.</summary>
    public static async Task<PooledBuffer> ReadAll(Stream body, long? announced, int most, CancellationToken cancellationToken)
    {
        if (announced > most)
        {
            throw UpstreamException.TooLarge(most);
        }

        var buffer = new PooledBuffer((int)Math.Min(announced ?? 4096, FirstBuffer) + 1);
        try
        {
            int read;
            while (buffer.Written.Length < (announced ?? long.MaxValue) && (read = await body.ReadAsync(buffer.GetMemory(), cancellationToken)) > 0)
            {
                buffer.Advance(read);
                if (buffer.Written.Length > most)
                {
                    throw UpstreamException.TooLarge(most);
                }
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// True for a status whose JSON-RPC error says more than the status (2026-07-28 §Transports; legacy servers answer bad requests so, too).
    /// </summary>
    public static bool MayCarryAnswer(HttpStatusCode status) => (int)status is (>= 200 and < 300) or 400 or 404;
}
