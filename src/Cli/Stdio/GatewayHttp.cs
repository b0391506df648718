using System.Net.Http.Headers;
using System.Net.Sockets;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Sse;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Stdio;

/// <summary>Where an event stream ended: what to go on from, how long to wait before, and why when it broke.</summary>
internal readonly record struct StreamEnd(string? LastEventId, TimeSpan? Retry, Exception? Broken);

/// <summary>The gateway's endpoint over Streamable HTTP. Requests have no limit in time but the gateway's own; dead connections are found out.</summary>
internal sealed class GatewayHttp : IDisposable
{
    /// <summary>64 MiB: a bound on what a wrong address may send; the gateway's own answers end at 10 MB.</summary>
    public const int MaxMessage = 64 * 1024 * 1024;

    /// <summary>The gateway says something every 15 s on an open stream.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public GatewayHttp(Uri endpoint, string key, TimeProvider time)
    {
        (Endpoint, _time) = (endpoint, time);
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), ConnectCallback = Connect })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        catch (FormatException)
        {
            throw CliException.Usage("The API key has characters that no key has.");
        }
    }

    public Uri Endpoint { get; }

    /// <summary>The message must live until the answer's head is there.</summary>
    public HttpRequestMessage Post(ReadOnlyMemory<byte> message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Endpoint) { Content = new ReadOnlyMemoryContent(message) { Headers = { ContentType = Json } } };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        return request;
    }

    /// <summary>The standalone stream of a session, or the rest of a stream of which an event is known.</summary>
    public HttpRequestMessage Listen(SessionState session, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Endpoint);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        session.Stamp(request);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return request;
    }

    /// <summary>Returns with the head of the answer.</summary>
    public Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public static bool IsStream(HttpResponseMessage response) => response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    /// <summary>Hands over every message of an event stream, to its end.</summary>
    public async Task<StreamEnd> ReadStream(HttpResponseMessage response, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        await using var body = new IdleStream(await response.Content.ReadAsStreamAsync(cancellationToken), MaxSilence, _time);
        using var events = new SseReader(body, new SseLimits(MaxMessage, MaxMessage));
        try
        {
            while (await events.Read(cancellationToken))
            {
                if (events.EventType == "message")
                {
                    await take(events.Data);
                }
            }

            return new(events.LastEventId, events.Retry, null);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or UpstreamException)
        {
            return new(events.LastEventId, events.Retry, broken);
        }
    }

    /// <summary>A whole body; the buffer is the caller's.</summary>
    public static async Task<PooledBuffer> ReadAll(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new PooledBuffer(4096);
        try
        {
            while (await body.ReadAsync(buffer.GetMemory(4096), cancellationToken) is var read and > 0)
            {
                buffer.Advance(read);
                if (buffer.Written.Length > MaxMessage)
                {
                    throw new UpstreamException(UpstreamFailure.TooLarge, $"The answer is larger than {MaxMessage} bytes.");
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

    /// <summary>What of an answer is a message of the protocol: empty when it is none, or something else.</summary>
    public static async Task<PooledBuffer> ReadMessage(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return new PooledBuffer();
        }

        var body = await ReadAll(response, cancellationToken);
        if (EnvelopeParser.Parse(body.Written).Envelope is null && !EnvelopeParser.IsBatch(body.Written.Span))
        {
            body.Clear();
        }

        return body;
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // An answer that is no stream is silent until it comes: only this tells a long call from a connection that is dead.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
