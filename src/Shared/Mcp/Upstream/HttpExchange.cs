using System.Net;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Sse;

namespace McpPlatform.Mcp.Upstream;

/// <summary>An answer, and the session id that came with it.</summary>
internal readonly record struct HttpAnswer(UpstreamAnswer Answer, string? SessionId);

/// <summary>One request and its response over Streamable HTTP, as JSON or as an event stream, in either era.</summary>
internal sealed class HttpExchange(HttpMessageInvoker http, HttpUpstreamOptions options, ClientIdentity client, TimeProvider time)
{
    /// <summary>Before a stream is opened again where the server says nothing; and the longest that it can ask for.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    /// <summary>A thousand streams for one answer: an hour and more of polling.</summary>
    private const int MostPolls = 1000;

    /// <summary>How long messages that nobody waits for may take.</summary>
    public static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(5);

    private readonly NotificationRelay _notifications = new(options.Peer);

    private long _lastId;

    /// <summary>
    /// Sends and waits, <paramref name="toHead"/> for the head of the response and the idle time for each piece of the rest, unless the request brings a
    /// clock of its own. Throws
    /// <see cref="UpstreamException"/>, <see cref="SessionLostException"/>, and <see cref="OperationCanceledException"/> when the caller cancelled.
    /// </summary>
    public async Task<HttpAnswer> Ask(UpstreamRequest request, HttpLink link, TimeSpan toHead, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var version = link.Handshake.Version;
        var token = request.OnNotification is null ? default : CallMeta.CallerToken(request.Params);
        using var message = new PooledBuffer(request.Params.Length + 512);
        CallMeta.WriteRequest(message, id, request.Method, request.Params.Span, version, client, token.IsNone ? null : id);
        using var post = HttpPost.Create(options.Endpoint, message.Written, options.Headers);
        link.Stamp(post, request);
        using var patience = request.Clock is { } clock ? new Patience(clock, cancellationToken) : new Patience(toHead, time, cancellationToken);
        try
        {
            using var response = await HttpPost.Send(http, post, patience);
            var answer = await ReadAnswer(response, new(this, id, request, token, link), patience, cancellationToken);
            return new(answer, response.Headers.TryGetValues(McpHeaders.SessionId, out var ids) ? ids.FirstOrDefault() : null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (!version.IsModern && request.Method != McpMethods.Initialize)
            {
                // Closing a legacy stream does not cancel; this does, and the caller need not wait for it.
                _ = PostQuietly(CallMeta.Cancel(id), link);
            }

            throw;
        }
        catch (Exception failure) when (HttpPost.Translate(failure, patience) is { } known)
        {
            throw known;
        }
    }

    private async Task<UpstreamAnswer> ReadAnswer(HttpResponseMessage response, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.NotFound && asked.Link.SessionId is not null)
        {
            throw new SessionLostException(asked.Link);
        }

        if (!HttpPost.MayCarryAnswer(response.StatusCode))
        {
            throw HttpPost.Refused(response, time);
        }

        await using var raw = await response.Content.ReadAsStreamAsync(patience.Token);
        await using var body = new PatientStream(raw, patience, options.IdleTimeout, Math.Max(options.MaxStreamBytes, options.MaxResponseBytes));
        switch (response.Content.Headers.ContentType?.MediaType)
        {
            case "text/event-stream" when response.IsSuccessStatusCode:
                return await ReadStream(body, asked, patience, cancellationToken);
            case "application/json":
                var buffer = await HttpPost.ReadAll(body, response.Content.Headers.ContentLength, options.MaxResponseBytes, patience.Token);
                if (Take(buffer, asked) is not { } answer)
                {
                    throw NoAnswer(response, "The upstream's answer is no answer to the request.");
                }

                // Widely used servers answer 400 with -32000 where 404 is meant.
                if (status == 400 && asked.Link.SessionId is not null && answer.ErrorCode == -32000)
                {
                    answer.Dispose();
                    throw new SessionLostException(asked.Link);
                }

                return answer;
            default:
                throw NoAnswer(response, "The upstream's answer is neither JSON nor an event stream.");
        }
    }

    private UpstreamException NoAnswer(HttpResponseMessage response, string what) =>
        response.IsSuccessStatusCode ? UpstreamException.Protocol(what) : HttpPost.Refused(response, time);

    private async Task<UpstreamAnswer> ReadStream(Stream body, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        using var events = new SseReader(body, new SseLimits(options.MaxResponseBytes, options.MaxResponseBytes));
        return await ReadAnswer(events, asked, patience, cancellationToken)
            ?? (asked.Link.SessionId is not null && events.LastEventId is { } last
                ? await Poll(last, events.Retry, asked, patience, cancellationToken)
                : throw UpstreamException.Closed("The upstream ended its stream before it answered."));
    }

    /// <summary>Null: the stream ended without an answer.</summary>
    private async Task<UpstreamAnswer?> ReadAnswer(SseReader events, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        while (await events.Read(patience.Token))
        {
            var buffer = PooledBuffer.Copy(events.Data.Span);
            if (EnvelopeParser.Parse(buffer.Written).Envelope is not { } message)
            {
                buffer.Dispose();
                throw UpstreamException.Protocol("The upstream's stream carries something that is no message.");
            }

            switch (message.Kind)
            {
                case MessageKind.Response:
                    if (Take(buffer, asked) is { } answer)
                    {
                        return answer;
                    }

                    break;
                case MessageKind.Request:
                    asked.Questions.Answer(message, buffer, asked.Request.OnQuestion, cancellationToken);
                    break;
                default:
                    using (buffer)
                    {
                        await _notifications.Relay(message, asked, patience, cancellationToken);
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary>The server ended the stream and keeps the request (2025-11-25, polling): the rest comes on streams that begin where the last one ended.</summary>
    private async Task<UpstreamAnswer> Poll(string last, TimeSpan? retry, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        if (asked.Request.OnDetached is { } detached)
        {
            await detached(retry);
        }

        for (var polls = 0; polls < MostPolls; polls++)
        {
            await Task.Delay(retry is { } wait && wait < LongestRetry ? wait : polls == 0 ? FirstRetry : LongestRetry, time, patience.Token);
            using var get = HttpPost.With(new HttpRequestMessage(HttpMethod.Get, options.Endpoint), options.Headers);
            get.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            get.Headers.TryAddWithoutValidation("Last-Event-ID", last);
            asked.Link.Stamp(get);
            using var response = await HttpPost.Send(http, get, patience);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                throw UpstreamException.Closed("The upstream ended its stream before it answered, and cannot be asked for the rest.");
            }

            await using var raw = await response.Content.ReadAsStreamAsync(patience.Token);
            await using var body = new PatientStream(raw, patience, options.IdleTimeout, Math.Max(options.MaxStreamBytes, options.MaxResponseBytes));
            using var events = new SseReader(body, new SseLimits(options.MaxResponseBytes, options.MaxResponseBytes));
            if (await ReadAnswer(events, asked, patience, cancellationToken) is { } answer)
            {
                return answer;
            }

            (last, retry) = (events.LastEventId ?? last, events.Retry ?? retry);
        }

        throw UpstreamException.Closed("The upstream ended its stream again and again before it answered.");
    }

    /// <summary>The answer in a buffer, which it takes over; null when it is none to this request.</summary>
    private static UpstreamAnswer? Take(PooledBuffer buffer, AskedRequest asked)
    {
        if (EnvelopeParser.Parse(buffer.Written).Envelope is { Kind: MessageKind.Response } message
            && (message.Id.Is(asked.Id) || (message.Id.IsNone && !message.Error.IsEmpty))
            && (JsonMembers.IsObject(message.Result.Span) || JsonMembers.IsObject(message.Error.Span)))
        {
            return new UpstreamAnswer(message, buffer);
        }

        buffer.Dispose();
        return null;
    }

    /// <summary>Sends something that has no answer. Throws <see cref="UpstreamException"/> unless the server took it.</summary>
    public async Task Post(ReadOnlyMemory<byte> message, HttpLink link)
    {
        using var patience = new Patience(Courtesy, time, CancellationToken.None);
        using var request = HttpPost.Create(options.Endpoint, message, options.Headers);
        link.Stamp(request);
        using var response = await HttpPost.Send(http, request, patience);
        if (!response.IsSuccessStatusCode)
        {
            throw new UpstreamException((int)response.StatusCode);
        }
    }

    /// <summary>For messages that nobody waits for; whether they arrive is the server's concern.</summary>
    public async Task PostQuietly(PooledBuffer message, HttpLink link)
    {
        using (message)
        {
            try
            {
                await Post(message.Written, link);
            }
            catch (UpstreamException)
            {
                // The request it is about fails or runs out of time by itself.
            }
        }
    }
}
