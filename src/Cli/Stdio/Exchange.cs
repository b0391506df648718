using System.Globalization;
using System.Net;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Stdio;

/// <summary>What exchanges are made of.</summary>
internal sealed record BridgeParts(GatewayHttp Http, LineWriter Output, LegacySession Session, MirroredParams Params, BridgeLog Log, TimeProvider Time);

/// <summary>
/// One line of the client that wants an answer: a request, rarely a batch, or something unreadable, which the gateway judges. Whatever happens, each request in it is answered
/// once, unless the client cancelled it.
/// </summary>
internal sealed class Exchange : IDisposable
{
    /// <summary>Before a stream that broke is opened again where nobody says.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>A thousand streams for one answer: what the gateway allows itself with servers.</summary>
    private const int MostStreams = 1000;

    /// <summary>Attempts in a row that bring nothing: half a minute, with pauses that double.</summary>
    private const int MostFailures = 5;

    private readonly BridgeParts _parts;
    private readonly PooledBuffer _line;
    private readonly Envelope? _message;
    private readonly List<RequestId> _open;
    private readonly CancellationTokenSource _stop;
    private volatile bool _isCancelled;

    /// <param name="line">Belongs to the exchange from now on.</param>
    /// <param name="message">What the line says; null when it is no single message.</param>
    public Exchange(BridgeParts parts, PooledBuffer line, Envelope? message, CancellationToken end)
    {
        (_parts, _line, _message) = (parts, line, message);
        _open = message is not null ? [message.Id]
            : EnvelopeParser.IsBatch(line.Written.Span) && EnvelopeParser.SplitBatch(line.Written, int.MaxValue, out _) is { } batch
                ? [.. batch.Select(item => EnvelopeParser.Parse(item).Envelope).OfType<Envelope>().Where(item => item.Kind == MessageKind.Request).Select(item => item.Id)]
            : [];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(end);
    }

    /// <summary>Whether it needs no session: 2026-07-28.</summary>
    public bool IsModern => _message?.Meta.ProtocolVersion is not null;

    /// <summary>
    /// The client does not want the answer any more. In the modern era closing the stream says so; in the legacy era only the client's own notification does, and the gateway ends
    /// the stream by itself then. True when the gateway need not be told more.
    /// </summary>
    public bool Cancel()
    {
        _isCancelled = true;
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
            await Fail(failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
                or OperationCanceledException
                ? ("gateway.unreachable", $"The gateway at {_parts.Http.Endpoint} does not answer: {failure.Message}")
                : ("gateway.connection_lost", "The connection to the gateway was lost before the answer. Whether the request was carried out is unknown."));
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _line.Dispose();
    }

    private async Task Ask()
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var session = IsModern || _message?.Method == McpMethods.Initialize ? null : _parts.Session.Current;
            using var request = _parts.Http.Post(_line.Written);
            session?.Stamp(request);
            if (IsModern)
            {
                _parts.Params.Stamp(request, _message!);
            }

            using var response = await _parts.Http.Send(request, _stop.Token);
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

            await Take(response, body.Written);
            return;
        }
    }

    /// <summary>The stream of the answer; in a session also what comes after it broke, from where it broke.</summary>
    private async Task Follow(HttpResponseMessage response, SessionState? session)
    {
        var end = await _parts.Http.ReadStream(response, message => Pass(response, message), _stop.Token);
        var (last, pause, failures) = (end.LastEventId, end.Retry ?? FirstPause, 0);
        for (var streams = 1; _open.Count > 0 && !_isCancelled && session is not null && last is not null && streams < MostStreams && failures < MostFailures; streams++)
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

                end = await _parts.Http.ReadStream(rest, message => Pass(rest, message), _stop.Token);
                (failures, pause) = (end.LastEventId is null && end.Broken is not null ? failures + 1 : 0, end.Retry ?? FirstPause);
                last = end.LastEventId ?? last;
            }
            catch (HttpRequestException)
            {
                (failures, pause) = (failures + 1, pause * 2);
            }
        }

        if (_open.Count > 0 && !_isCancelled)
        {
            throw end.Broken ?? new IOException("The stream ended before the answer.");
        }
    }

    /// <summary>An answer that is no stream: a message, a batch of them, or none.</summary>
    private async Task Take(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (!response.IsSuccessStatusCode)
        {
            _parts.Log.Say(string.Create(
                CultureInfo.InvariantCulture, $"{_message?.Method ?? "A message"}: HTTP {(int)response.StatusCode}{(response.StatusCode == HttpStatusCode.Unauthorized ? ", the gateway refuses the key" : "")}."));
        }

        if (body.IsEmpty && (_isCancelled || (_open.Count == 0 && response.IsSuccessStatusCode)))
        {
            return;
        }

        if (body.IsEmpty)
        {
            await Fail(("gateway.unexpected", string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode} from {_parts.Http.Endpoint} is no answer of the gateway. Is the address right?")));
            return;
        }

        await Pass(response, body);
        if (_open.Count > 0 && !_isCancelled)
        {
            await Fail(("gateway.unexpected", "The gateway answered something else."));
        }
    }

    private async ValueTask Pass(HttpResponseMessage response, ReadOnlyMemory<byte> raw)
    {
        if (EnvelopeParser.Parse(raw).Envelope is not { Kind: MessageKind.Response } answer)
        {
            if (EnvelopeParser.IsBatch(raw.Span))
            {
                _open.Clear();
            }

            await _parts.Output.Write(raw);
            return;
        }

        if (answer.Id.IsNone && _open.Count > 0)
        {
            // Refused at the door, before the message was read.
            foreach (var id in _open)
            {
                using var error = new PooledBuffer(answer.Error.Length + 64);
                JsonRpcWriter.WriteError(error, id, answer.Error.Span, ProtocolEra.Legacy);
                await _parts.Output.Write(error.Written);
            }

            _open.Clear();
            return;
        }

        if (_open.Remove(answer.Id) && _message is not null && !answer.Result.IsEmpty)
        {
            Note(response, answer);
        }

        await _parts.Output.Write(raw);
    }

    /// <summary>What of an answer the bridge itself goes by.</summary>
    private void Note(HttpResponseMessage response, Envelope answer)
    {
        if (IsModern)
        {
            if (_message!.Method == McpMethods.ListTools)
            {
                _parts.Params.Learn(answer);
            }
        }
        else if (_message!.Method == McpMethods.Initialize)
        {
            _parts.Session.Open(response, answer);
        }
        else
        {
            _parts.Session.Granted(_message);
        }
    }

    private async Task Fail((string Code, string Message) why)
    {
        _parts.Log.Say($"{_message?.Method ?? "A message"}: {why.Message}");
        if (_isCancelled)
        {
            return;
        }

        foreach (var id in _open)
        {
            using var error = new PooledBuffer();
            JsonRpcWriter.WriteError(error, id, new McpError(ErrorCodes.NotReady, why.Message) { Data = Encoding.UTF8.GetBytes($$"""{"code":"{{why.Code}}"}""") }, ProtocolEra.Legacy);
            await _parts.Output.Write(error.Written);
        }

        _open.Clear();
    }

    private static bool IsHeaderMismatch(ReadOnlyMemory<byte> body) =>
        EnvelopeParser.Parse(body).Envelope is { Error: { IsEmpty: false } error } && JsonMembers.Find(error, "code"u8).Span.SequenceEqual("-32020"u8);
}
