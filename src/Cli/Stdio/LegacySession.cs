using System.Collections.Concurrent;
using System.Net;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Stdio;

/// <summary>A session with the gateway, as far as HTTP must know of it.</summary>
internal sealed record SessionState(string Id, ProtocolVersion Version)
{
    public void Stamp(HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation(McpHeaders.SessionId, Id);
        if (Version != ProtocolVersion.November2024 && Version != ProtocolVersion.March2025)
        {
            request.Headers.TryAddWithoutValidation(McpHeaders.ProtocolVersion, Version.Text);
        }
    }
}

/// <summary>
/// The legacy session of the one client. A client on stdio knows nothing of sessions and never opens a second one: when the gateway has forgotten it (a restart, a day), it is
/// opened again here with the client's own handshake, and the log level and subscriptions that it asked for are asked for again.
/// </summary>
internal sealed class LegacySession(GatewayHttp http, LineWriter output, BridgeLog log, TimeProvider time, CancellationToken end) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<string, byte[]> _wishes = new(StringComparer.Ordinal);
    private byte[]? _initialize;
    private byte[]? _initialized;
    private Task? _listening;
    private volatile SessionState? _current;

    /// <summary>Null before the handshake.</summary>
    public SessionState? Current => _current;

    /// <summary>The client begins, or begins anew.</summary>
    public async Task Begin(Envelope initialize)
    {
        await End();
        _initialize = initialize.Bytes.ToArray();
        _initialized = null;
        _wishes.Clear();
    }

    /// <summary>Takes the session from the answer to a handshake. False when there is none.</summary>
    public bool Open(HttpResponseMessage response, Envelope answer)
    {
        _current = response.Headers.TryGetValues(McpHeaders.SessionId, out var ids) && ProtocolVersion.Find(JsonMembers.Text(JsonMembers.Find(answer.Result, "protocolVersion"u8))) is { } version
            ? new(ids.First(), version)
            : null;
        return _current is not null;
    }

    /// <summary>The client is ready: from now on it hears what belongs to no request.</summary>
    public void Ready(Envelope initialized)
    {
        _initialized = initialized.Bytes.ToArray();
        _listening ??= Task.Run(Listen, end);
    }

    /// <summary>A request was granted: what must hold in the next session, too, is kept.</summary>
    public void Granted(Envelope request)
    {
        if (request.Method == McpMethods.SetLogLevel)
        {
            _wishes[""] = request.Bytes.ToArray();
        }
        else if (request.Method == McpMethods.SubscribeResource && request.TextParam("uri"u8) is { } uri)
        {
            _wishes[uri] = request.Bytes.ToArray();
        }
        else if (request.Method == McpMethods.UnsubscribeResource && request.TextParam("uri"u8) is { } other)
        {
            _wishes.TryRemove(other, out _);
        }
    }

    /// <summary>Opens a session in place of one that the gateway does not know any more, once for all who lost it. False when it cannot be.</summary>
    public async Task<bool> Renew(SessionState lost, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_current != lost)
            {
                return _current is not null;
            }

            if (_initialize is null || !await Handshake(_initialize, cancellationToken))
            {
                // Whoever asks next tries again.
                _current = lost;
                return false;
            }

            foreach (var message in (IEnumerable<byte[]>)[.. _initialized is { } ready ? [ready] : Array.Empty<byte[]>(), .. _wishes.Values])
            {
                using var request = http.Post(message);
                _current!.Stamp(request);
                using var response = await http.Send(request, cancellationToken);
                using var answer = await GatewayHttp.ReadAll(response, cancellationToken);
            }

            log.Say("The gateway did not know the session any more; a new one is open.");
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Says goodbye, so that nothing of this client is kept.</summary>
    public async Task End()
    {
        if (Interlocked.Exchange(ref _current, null) is not { } session)
        {
            return;
        }

        using var limit = new CancellationTokenSource(Goodbye, time);
        using var request = new HttpRequestMessage(HttpMethod.Delete, http.Endpoint);
        session.Stamp(request);
        try
        {
            using var response = await http.Send(request, limit.Token);
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            // It ends there by itself, an hour later.
        }
    }

    /// <summary>After the end of the token.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_listening is { } listening)
        {
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _one.Dispose();
    }

    private async Task<bool> Handshake(byte[] initialize, CancellationToken cancellationToken)
    {
        using var request = http.Post(initialize);
        using var response = await http.Send(request, cancellationToken);
        var isOpen = false;
        if (GatewayHttp.IsStream(response))
        {
            await http.ReadStream(response, Take, cancellationToken);
        }
        else
        {
            using var body = await GatewayHttp.ReadMessage(response, cancellationToken);
            await Take(body.Written);
        }

        return isOpen;

        ValueTask Take(ReadOnlyMemory<byte> message)
        {
            isOpen |= EnvelopeParser.Parse(message).Envelope is { Kind: MessageKind.Response, Result.IsEmpty: false } answer && Open(response, answer);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Keeps the standalone stream open until the end, over restarts of the gateway.</summary>
    private async Task Listen()
    {
        var pause = FirstPause;
        string? last = null;
        SessionState? heard = null;
        while (!end.IsCancellationRequested)
        {
            try
            {
                if (_current is { } session)
                {
                    last = session == heard ? last : null;
                    heard = session;
                    using var request = http.Listen(session, last);
                    using var response = await http.Send(request, end);
                    if (GatewayHttp.IsStream(response))
                    {
                        var over = await http.ReadStream(response, output.Write, end);
                        (last, pause) = (over.LastEventId ?? last, over.Retry ?? FirstPause);
                    }
                    else if (response.StatusCode == HttpStatusCode.MethodNotAllowed)
                    {
                        return;
                    }
                    else if (response.StatusCode == HttpStatusCode.BadRequest && last is not null)
                    {
                        // What was missed is not kept any more: from now on, then.
                        last = null;
                    }
                    else if (response.StatusCode != HttpStatusCode.NotFound || !await Renew(session, end))
                    {
                        pause = Longer(pause);
                    }
                }

                await Task.Delay(pause, time, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or UpstreamException or OperationCanceledException)
            {
                // Requests tell the client; this only comes back.
                pause = Longer(pause);
                await Task.Delay(pause, time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => TimeSpan.FromTicks(Math.Clamp(pause.Ticks * 2, FirstPause.Ticks, LongestPause.Ticks));
}
