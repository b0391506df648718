using System.Net;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Stdio;

/// <summary>
/// One line of the client that wants an answer: a request, rarely a batch, or something unreadable, which the gateway judges. Whatever happens, each request in it is answered
/// once, unless the client cancelled it.
/// </summary>
internal sealed class Exchange : IDisposable
{
    /// <summary>Before a stream that broke is opened again where nobody says.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>For a gateway that is being restarted: what could not even be sent is tried again. A person waits that long before wondering.</summary>
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(200);

    /// <summary>A thousand streams for one answer: what the gateway allows itself with servers.</summary>
    private const int MostStreams = 1000;

    /// <summary>Attempts in a row that bring nothing: half a minute, with pauses that double.</summary>
    private const int MostFailures = 5;

    private readonly BridgeParts _parts;
    private readonly PooledBuffer _line;
    private readonly Envelope? _message;
    private readonly OpenRequests _open;
    private readonly CancellationTokenSource _stop;

    /// <param name="line">Belongs to the exchange from now on.</param>
    /// <param name="message">What the line says; null when it is no single message.</param>
    public Exchange(BridgeParts parts, PooledBuffer line, Envelope? message, CancellationToken end)
    {
        (_parts, _line, _message) = (parts, line, message);
        _open = new OpenRequests(parts, line.Written, message);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(end);
    }

    /// <summary>Whether it needs no session: 2026-07-28.</summary>
    public bool IsModern => _open.IsModern;

    /// <summary>
    /// The client does not want the answer any more. In the modern era closing the stream says so; in the legacy era only the client's own notification does, and the gateway ends
    /// the stream by itself then. True when the gateway need not be told more.
    /// </summary>
    public bool Cancel()
    {
        _open.IsCancelled = true;
        if (!IsModern)
        {
            return false;
        }

        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It was answered meanwhile.
        }

        return true;
    }

    /// <summary>To the last answer.</summary>
    public async Task Run()
    {
        try
        {
            await Ask();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody waits for it.
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UpstreamException or OperationCanceledException)
        {
            await (IsUnsent(failure) || failure is OperationCanceledException
                ? _open.Fail("gateway.unreachable", $"The gateway at {_parts.Http.Endpoint} does not answer: {failure.Message}")
                : _open.Fail("gateway.connection_lost", "The connection to the gateway was lost before the answer. Whether the request was carried out is unknown."));
        }
        catch (Exception mistake)
        {
            // Of ours. Whoever waits must not wait for ever, and whoever reads the log should report it.
            await _open.Fail("mcpp.failed", $"mcpp itself failed: {mistake.GetType().Name}.");
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _line.Dispose();
    }

    private async Task Ask()
    {
        var began = _parts.Time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            var session = IsModern || _message?.Method == McpMethods.Initialize ? null : _parts.Session.Current;
            using var response = await Send(session, began);
            if (isFirst && session is not null && response.StatusCode == HttpStatusCode.NotFound && await _parts.Session.Renew(session, _stop.Token))
            {
                // A session that is not known has carried nothing out.
                continue;
            }

            if (GatewayHttp.IsStream(response))
            {
                await Follow(response, session);
                return;
            }

            using var body = await GatewayHttp.ReadMessage(response, _stop.Token);
            if (isFirst && response.StatusCode == HttpStatusCode.BadRequest && _message is { Method: McpMethods.CallTool, Name: not null } call && IsModern && IsHeaderMismatch(body.Written)
                && await _parts.Params.Find(call, _stop.Token))
            {
                continue;
            }

            await _open.Take(response, body.Written);
            return;
        }
    }

    private async Task<HttpResponseMessage> Send(SessionState? session, long began)
    {
        while (true)
        {
            using var request = _parts.Http.Post(_line.Written);
            session?.Stamp(request);
            if (IsModern)
            {
                _parts.Params.Stamp(request, _message!);
            }

            try
            {
                return await _parts.Http.Send(request, _stop.Token);
            }
            catch (HttpRequestException failure) when (IsUnsent(failure) && !_open.IsCancelled && _parts.Time.GetElapsedTime(began) < ConnectPatience)
            {
                await Task.Delay(ConnectPause, _parts.Time, _stop.Token);
            }
        }
    }

    private static bool IsUnsent(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    /// <summary>The stream of the answer; in a session also what comes after it broke, from where it broke.</summary>
    private async Task Follow(HttpResponseMessage response, SessionState? session)
    {
        var end = await _parts.Http.ReadStream(response, message => _open.Pass(response, message), _stop.Token);
        var (last, pause, failures) = (end.LastEventId, end.Retry ?? FirstPause, 0);
        for (var streams = 1; !_open.IsEmpty && !_open.IsCancelled && session is not null && last is not null && streams < MostStreams && failures < MostFailures; streams++)
        {
            await Task.Delay(pause, _parts.Time, _stop.Token);
            try
            {
                using var request = _parts.Http.Listen(session, last);
                using var rest = await _parts.Http.Send(request, _stop.Token);
                if (!GatewayHttp.IsStream(rest))
                {
                    break;
                }

                end = await _parts.Http.ReadStream(rest, message => _open.Pass(rest, message), _stop.Token);
                (failures, pause) = (end.LastEventId is null && end.Broken is not null ? failures + 1 : 0, end.Retry ?? FirstPause);
                last = end.LastEventId ?? last;
            }
            catch (HttpRequestException)
            {
                (failures, pause) = (failures + 1, pause * 2);
            }
        }

        if (!_open.IsEmpty && !_open.IsCancelled)
        {
            throw end.Broken ?? new IOException("The stream ended before the answer.");
        }
    }

    private static bool IsHeaderMismatch(ReadOnlyMemory<byte> body) =>
        EnvelopeParser.Parse(body).Envelope is { Error: { IsEmpty: false } error } && JsonMembers.Find(error, "code"u8).Span.SequenceEqual("-32020"u8);
}
