using System.Net;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// An MCP server behind Streamable HTTP, of either era. Modern ones are stateless; with legacy ones one session is shared by all calls, opened at the
/// first use and opened again once when the server has forgotten it.
/// </summary>
public sealed class HttpUpstream : IUpstreamConnection
{
    /// <summary>Between two standalone streams: 200 ms, doubled with every failure up to 30 s.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _http;
    private readonly HttpUpstreamOptions _options;
    private readonly ClientIdentity _client;
    private readonly HttpExchange _exchange;
    private readonly StandaloneStream _stream;
    private readonly TimeProvider _time;
    private readonly SharedAttempt<HttpLink> _connect;
    private volatile bool _disposed;

    /// <summary>A connection over <paramref name="http"/>, which stays its owner's; it should follow no redirects and keep no cookies.</summary>
    public HttpUpstream(HttpMessageInvoker http, HttpUpstreamOptions options, ClientIdentity client, TimeProvider time)
    {
        _http = http;
        _options = options;
        _client = client;
        _time = time;
        _exchange = new(http, options, client, time);
        _stream = new(http, options, time);
        _connect = new(Shake);
    }

    /// <inheritdoc/>
    public bool IsClosed => _disposed;

    /// <inheritdoc/>
    public async ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) => (await Linked(cancellationToken)).Handshake;

    /// <inheritdoc/>
    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            var link = await Linked(cancellationToken);
            try
            {
                if (request.LogLevel is not null || request.Method == McpMethods.SetLogLevel)
                {
                    await Prepare(request, link);
                }

                return (await _exchange.Ask(request, link, _options.HeaderTimeout, cancellationToken)).Answer;
            }
            catch (SessionLostException) when (!again)
            {
                _connect.Forget(link);
            }
            catch (SessionLostException)
            {
                throw new UpstreamException((int)HttpStatusCode.NotFound);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken)
    {
        var link = await Linked(cancellationToken);
        if (!link.Handshake.Version.IsModern)
        {
            using var message = new PooledBuffer(parameters.Length + 128);
            JsonRpcWriter.WriteNotification(message, method, parameters.Span);
            await _exchange.Post(message.Written, link);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> Listen(CancellationToken cancellationToken)
    {
        string? last = null;
        for (var failures = 0; !cancellationToken.IsCancellationRequested && !_disposed;)
        {
            var pause = FirstPause;
            try
            {
                var link = await Linked(cancellationToken);
                if (link.Handshake.Version.IsModern)
                {
                    return false;
                }

                var questions = new Questions(answer => _exchange.PostQuietly(answer, link));
                if (await _stream.Listen(link, last, questions, cancellationToken) is not { } end)
                {
                    // An event that the server forgot is no reason to stop listening; anything else is its word.
                    if (last is null)
                    {
                        return false;
                    }

                    last = null;
                    continue;
                }

                (last, failures, pause) = (end.LastEventId, 0, end.Retry ?? FirstPause);
            }
            catch (SessionLostException lost)
            {
                // What the next one opens, everybody goes on with.
                _connect.Forget(lost.Link);
                (last, pause) = (null, FirstPause * Math.Pow(2, Math.Min(failures++, 8)));
            }
            catch (UpstreamException)
            {
                // Not there at the moment: calls find out by themselves.
                pause = FirstPause * Math.Pow(2, Math.Min(failures++, 8));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(pause < LongestPause ? pause : LongestPause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    /// <summary>Ends the session, if there is one, as far as the server cooperates. A handshake under way may just be opening it, and is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        using var patience = new Patience(HttpExchange.Courtesy, _time, CancellationToken.None);
        try
        {
            if (await _connect.Settled(patience.Token) is { } link)
            {
                await End(link, patience);
            }
        }
        catch (OperationCanceledException) when (patience.RanOut)
        {
            // A server that takes so long to say under which name it keeps a session has to let it expire.
        }
    }

    private async Task End(HttpLink link, Patience patience)
    {
        if (link.SessionId is null)
        {
            return;
        }

        using var request = HttpPost.With(new HttpRequestMessage(HttpMethod.Delete, _options.Endpoint), _options.Headers);
        link.Stamp(request);
        try
        {
            using var response = await HttpPost.Send(_http, request, patience);
        }
        catch (UpstreamException)
        {
            // The session will expire by itself.
        }
    }

    private ValueTask Prepare(UpstreamRequest request, HttpLink link) => link.Level.Prepare(request, link.Handshake, _options.IsExclusive, (level, token) => Tell(level, link, token));

    private async Task Tell(UpstreamRequest request, HttpLink link, CancellationToken cancellationToken)
    {
        using var answer = (await _exchange.Ask(request, link, _options.HeaderTimeout, cancellationToken)).Answer;
    }

    private ValueTask<HttpLink> Linked(CancellationToken cancellationToken) =>
        _disposed ? throw UpstreamException.ClosedBefore("The connection was closed.") : _connect.Get(cancellationToken);

    private async Task<HttpLink> Shake()
    {
        if (_options.Era != EraChoice.Legacy && await Discover() is { } modern)
        {
            return new HttpLink(modern, null);
        }

        if (_options.Era == EraChoice.Modern)
        {
            throw UpstreamException.Protocol("The server does not speak the modern revision.");
        }

        var opened = await _exchange.Ask(
            Handshakes.Initialize(_client), HttpLink.Try(ProtocolVersion.November2024), _options.HeaderTimeout, CancellationToken.None);
        using var answer = opened.Answer;
        var link = new HttpLink(Handshakes.ReadInitialize(answer), opened.SessionId);
        using var initialized = new PooledBuffer();
        JsonRpcWriter.WriteNotification(initialized, McpMethods.Initialized, default);
        try
        {
            await _exchange.Post(initialized.Written, link);
        }
        catch (UpstreamException)
        {
            // The next attempt opens another one.
            using var patience = new Patience(HttpExchange.Courtesy, _time, CancellationToken.None);
            await End(link, patience);
            throw;
        }

        await Open(link);
        return link;
    }

    private async Task Open(HttpLink link)
    {
        try
        {
            foreach (var request in _options.Peer?.Opening ?? [])
            {
                await Tell(request, link, CancellationToken.None);
            }
        }
        catch (Exception failure) when (failure is UpstreamException or SessionLostException)
        {
            // Whoever calls finds out by itself what is wrong.
        }
    }

    /// <summary>Null: legacy. A failure to connect, or a refusal that has nothing to do with the era, is thrown.</summary>
    private async Task<UpstreamHandshake?> Discover()
    {
        try
        {
            var asked = await _exchange.Ask(
                Handshakes.Discover, HttpLink.Try(ProtocolVersion.July2026), Handshakes.DiscoverTimeout, CancellationToken.None);
            using var answer = asked.Answer;
            return Handshakes.ReadDiscover(answer);
        }
        catch (UpstreamException failure) when (failure.HttpStatus is 400 or 404 or 405 or 406 or 415
            || (_options.Era == EraChoice.Detect && failure.Kind is UpstreamFailure.Timeout))
        {
            return null;
        }
    }
}
