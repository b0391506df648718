using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Sse;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// An MCP server behind HTTP+SSE, the transport of 2024-11-05: one long event stream brings every answer, and messages are posted to the address that the
/// stream names first. When the stream ends, the connection is closed for good and its owner decides about another one.
/// </summary>
public sealed class SseUpstream : IUpstreamConnection
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpUpstreamOptions _options;
    private readonly ClientIdentity _client;
    private readonly TimeProvider _time;
    private readonly SharedAttempt<UpstreamHandshake> _connect;
    private readonly CancellationTokenSource _end = new();
    private readonly JsonRpcChannel _channel;
    private Uri? _post;
    private Task _reading = Task.CompletedTask;
    private bool _disposed;

    /// <summary>A connection over <paramref name="http"/>, which stays its owner's.</summary>
    public SseUpstream(HttpMessageInvoker http, HttpUpstreamOptions options, ClientIdentity client, TimeProvider time)
    {
        _http = http;
        _options = options;
        _client = client;
        _time = time;
        _connect = new(Shake);
        _channel = new(client, Post, options.Peer, options.IsExclusive);
    }

    /// <inheritdoc/>
    public bool IsClosed => _disposed || _channel.IsClosed;

    /// <inheritdoc/>
    public ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) =>
        IsClosed && _connect.Done is null ? throw UpstreamException.Closed("The connection was closed.") : _connect.Get(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        var handshake = await Connect(cancellationToken);
        return await _channel.Send(request, handshake, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        await Connect(cancellationToken);
        await _channel.Notify(method, parameters.Span, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> Listen(CancellationToken cancellationToken)
    {
        await Connect(cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    /// <summary>Ends the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _channel.Close(UpstreamException.Closed("The connection was closed."));
        await _end.CancelAsync();
        await _reading;
        _end.Dispose();
    }

    private async Task<UpstreamHandshake> Shake()
    {
        using var limit = new Patience(_options.HeaderTimeout, _time, _end.Token);
        try
        {
            var named = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
            _reading = Read(named);
            _post = await named.Task.WaitAsync(limit.Token);
            using var answer = await _channel.Send(Handshakes.Initialize(_client), ProtocolVersion.LatestLegacy, limit.Token);
            var handshake = Handshakes.ReadInitialize(answer);
            await _channel.Notify(McpMethods.Initialized, default, limit.Token);
            await _channel.Open(handshake, limit.Token);
            return handshake;
        }
        catch (OperationCanceledException) when (limit.RanOut)
        {
            var late = new UpstreamException(UpstreamFailure.Timeout, "The server did not complete the handshake in time.");
            _channel.Close(late);
            throw late;
        }
    }

    /// <summary>Reads the stream to its end and then closes the channel with the reason. Never throws.</summary>
    private async Task Read(TaskCompletionSource<Uri> named)
    {
        using var patience = new Patience(_options.HeaderTimeout, _time, _end.Token);
        UpstreamException reason;
        try
        {
            using var request = HttpPost.With(new HttpRequestMessage(HttpMethod.Get, _options.Endpoint), _options.Headers);
            request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
            using var response = await HttpPost.Send(_http, request, patience);
            if (!response.IsSuccessStatusCode)
            {
                throw new UpstreamException((int)response.StatusCode);
            }

            // Servers of this age send no comments: silence is normal as long as nothing is asked.
            patience.Renew(Timeout.InfiniteTimeSpan);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            await Dispatch(body, named, patience.Token);
            reason = UpstreamException.Closed("The upstream ended its event stream.");
        }
        catch (UpstreamException failure)
        {
            reason = failure;
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            reason = UpstreamException.Closed("The connection was closed.");
        }
        catch (Exception failure) when (HttpPost.Translate(failure, patience) is { } known)
        {
            reason = known;
        }

        named.TrySetException(new UpstreamException(reason.Kind == UpstreamFailure.HttpStatus ? UpstreamFailure.Connect : reason.Kind, reason.Message));
        _ = named.Task.Exception;
        _channel.Close(reason);
    }

    private async Task Dispatch(Stream body, TaskCompletionSource<Uri> named, CancellationToken cancellationToken)
    {
        using var events = new SseReader(body, new SseLimits(_options.MaxResponseBytes, _options.MaxResponseBytes));
        while (await events.Read(cancellationToken))
        {
            if (events.EventType == "message")
            {
                _channel.Receive(PooledBuffer.Copy(events.Data.Span));
            }
            else if (events.EventType == "endpoint")
            {
                // Credentials go to this address: it must not lead anywhere else.
                var text = System.Text.Encoding.UTF8.GetString(events.Data.Span);
                if (!Uri.TryCreate(_options.Endpoint, text, out var address) || Uri.Compare(
                    address, _options.Endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0)
                {
                    throw UpstreamException.Protocol("The upstream names an address on another server to post to.");
                }

                named.TrySetResult(address);
            }
        }
    }

    private async ValueTask Post(PooledBuffer message, CancellationToken cancellationToken)
    {
        using (message)
        {
            using var patience = new Patience(_options.HeaderTimeout, _time, cancellationToken);
            using var request = HttpPost.Create(_post!, message.Written, _options.Headers);
            using var response = await HttpPost.Send(_http, request, patience);
            if (!response.IsSuccessStatusCode)
            {
                throw HttpPost.Refused(response, _time);
            }
        }
    }
}
