using System.Net;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Sse;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Where a stream ended, and how long the server asks to wait before it is opened again.</summary>
internal readonly record struct StreamEnd(string? LastEventId, TimeSpan? Retry);

/// <summary>The stream of a legacy server over Streamable HTTP that belongs to no request: what it says goes to the peer.</summary>
internal sealed class StandaloneStream(HttpMessageInvoker http, HttpUpstreamOptions options, TimeProvider time)
{
    /// <summary>
    /// One standalone stream, from where the last one ended, until it ends. Null: there is none (405, and 404 at servers that know POST only), or not from there. Throws <see cref="UpstreamException"/>,
    /// <see cref="SessionLostException"/>, and <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    public async Task<StreamEnd?> Listen(HttpLink link, string? last, Questions questions, CancellationToken cancellationToken)
    {
        using var patience = new Patience(options.HeaderTimeout, time, cancellationToken);
        try
        {
            using var get = HttpPost.With(new HttpRequestMessage(HttpMethod.Get, options.Endpoint), options.Headers);
            get.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            if (last is not null)
            {
                get.Headers.TryAddWithoutValidation("Last-Event-ID", last);
            }

            link.Stamp(get);
            using var response = await HttpPost.Send(http, get, patience);
            if (response.StatusCode == HttpStatusCode.NotFound && link.HadStream)
            {
                throw new SessionLostException(link);
            }

            if ((int)response.StatusCode is >= 400 and < 500)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                throw new UpstreamException((int)response.StatusCode);
            }

            link.HadStream = true;

            // Silence is normal here: not every server sends comments.
            patience.Renew(Timeout.InfiniteTimeSpan);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            using var events = new SseReader(body, new SseLimits(options.MaxResponseBytes, options.MaxResponseBytes));
            while (await events.Read(patience.Token))
            {
                Take(PooledBuffer.Copy(events.Data.Span), questions, cancellationToken);
            }

            return new StreamEnd(events.LastEventId ?? last, events.Retry);
        }
        catch (Exception failure) when (HttpPost.Translate(failure, patience) is { } known)
        {
            throw known;
        }
    }

    private void Take(PooledBuffer buffer, Questions questions, CancellationToken cancellationToken)
    {
        switch (EnvelopeParser.Parse(buffer.Written).Envelope)
        {
            case { Kind: MessageKind.Request } question:
                questions.Answer(question, buffer, options.IsExclusive && options.Peer is { } peer ? peer.Asked : null, cancellationToken);
                return;
            case { Kind: MessageKind.Notification, Method: McpMethods.Cancelled } cancelled:
                questions.Cancel(cancelled);
                break;
            case { Kind: MessageKind.Notification } notification:
                options.Peer?.Notified(notification);
                break;
        }

        buffer.Dispose();
    }
}
