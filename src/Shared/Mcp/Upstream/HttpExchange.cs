using System.Net;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Sse;

namespace McpPlatform.Mcp.Upstream;

/// <summary>An answer, and the session id that came with it.</summary>
internal readonly record struct HttpAnswer(UpstreamAnswer Answer, string? SessionId);

/// <summary>One request and its response over Streamable HTTP, as JSON or as an event stream, in either era.</summary>
internal sealed class HttpExchange(HttpMessageInvoker http, HttpUpstreamOptions options, ClientIdentity client, TimeProvider time)
{
    /// <summary>How long messages that nobody waits for may take.</summary>
    public static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(5);

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
            var answer = await ReadAnswer(response, new(id, request, token, link), patience, cancellationToken);
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

    private async Task<UpstreamAnswer> ReadAnswer(HttpResponseMessage response, Asked asked, Patience patience, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.NotFound && asked.Link.SessionId is not null)
        {
            throw new SessionLostException();
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
                    throw new SessionLostException();
                }

                return answer;
            default:
                throw NoAnswer(response, "The upstream's answer is neither JSON nor an event stream.");
        }
    }

    private UpstreamException NoAnswer(HttpResponseMessage response, string what) =>
        response.IsSuccessStatusCode ? UpstreamException.Protocol(what) : HttpPost.Refused(response, time);

    private async Task<UpstreamAnswer> ReadStream(Stream body, Asked asked, Patience patience, CancellationToken cancellationToken)
    {
        using var events = new SseReader(body, new SseLimits(options.MaxResponseBytes, options.MaxResponseBytes));
        while (await events.Read(patience.Token))
        {
            var buffer = PooledBuffer.Copy(events.Data.Span);
            if (EnvelopeParser.Parse(buffer.Written).Envelope is not { } message)
            {
                buffer.Dispose();
                throw UpstreamException.Protocol("The upstream's stream carries something that is no message.");
            }

            if (message.Kind == MessageKind.Response)
            {
                if (Take(buffer, asked) is { } answer)
                {
                    return answer;
                }

                continue;
            }

            using (buffer)
            {
                await Relay(message, asked, patience, cancellationToken);
            }
        }

        throw UpstreamException.Closed("The upstream ended its stream before it answered.");
    }

    private async Task Relay(Envelope message, Asked asked, Patience patience, CancellationToken cancellationToken)
    {
        if (message.Kind == MessageKind.Request)
        {
            _ = PostQuietly(CallMeta.Reply(message), asked.Link);
        }
        else if (message.Method == McpMethods.Progress)
        {
            if (asked.Request.OnNotification is { } deliver && !asked.Token.IsNone && RequestId.FromRaw(message.Param("progressToken"u8)).Is(asked.Id))
            {
                using var restored = CallMeta.Restore(message, asked.Token);
                patience.Pause();
                await deliver(restored.Written, cancellationToken);
            }
        }
        else
        {
            options.OnNotification?.Invoke(message);
        }
    }

    /// <summary>The answer in a buffer, which it takes over; null when it is none to this request.</summary>
    private static UpstreamAnswer? Take(PooledBuffer buffer, Asked asked)
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
    private async Task PostQuietly(PooledBuffer message, HttpLink link)
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

    /// <summary>One request on its way.</summary>
    private sealed record Asked(long Id, UpstreamRequest Request, RequestId Token, HttpLink Link);
}
