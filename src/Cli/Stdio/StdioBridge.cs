using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Stdio;

/// <summary>
/// A client on standard input and output, and the gateway behind it: one message per line, passed on byte for byte in both eras of the protocol. Requests run beside each other;
/// notifications and answers go in their order.
/// </summary>
internal sealed class StdioBridge : IAsyncDisposable
{
    /// <summary>More than any client runs, and less than would hurt.</summary>
    private const int MostRunning = 256;

    /// <summary>Times that a message without answer is sent when the gateway says "later".</summary>
    private const int MostSends = 5;

    /// <summary>For what runs when the input ends: whoever pipes requests in wants the answers, and a client that went away does not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Stream _input;
    private readonly CancellationTokenSource _end;
    private readonly BridgeParts _parts;
    private readonly ConcurrentDictionary<Exchange, Task> _running = new();
    private readonly ConcurrentDictionary<RequestId, Exchange> _byId = new();
    private readonly Channel<(PooledBuffer Line, Envelope Message)> _outbox = Channel.CreateBounded<(PooledBuffer, Envelope)>(MostRunning);

    public StdioBridge(GatewayHttp http, Stream input, Stream output, TextWriter error, TimeProvider time, CancellationToken stop)
    {
        _input = input;
        var writer = new LineWriter(output);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop, writer.Gone);
        var log = new BridgeLog(error);
        _parts = new(http, writer, new LegacySession(http, writer, log, time, _end.Token), new MirroredParams(http), log, time);
    }

    /// <summary>To the end of the input, of the output, or of patience (the token of the constructor). False when the input is no client's.</summary>
    public async Task<bool> Run()
    {
        _parts.Log.Say($"serving {_parts.Http.Endpoint}");
        var sending = Task.Run(Send);
        var isClient = true;
        try
        {
            using var lines = new LineReader(_input, GatewayHttp.MaxMessage, keepsRest: true);
            while (await Task.Run(lines.Read).WaitAsync(_end.Token) is { } line)
            {
                await Take(line);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Told to stop, or nobody reads the answers.
        }
        catch (UpstreamException)
        {
            isClient = false;
            _parts.Log.Say($"A line has more than {GatewayHttp.MaxMessage} bytes: this is no client of the protocol.");
        }

        _outbox.Writer.Complete();
        await Finish(Task.WhenAll([sending, .. _running.Values]));
        await _parts.Session.End();
        return isClient;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _parts.Session.DisposeAsync();
        _end.Dispose();
        _parts.Output.Dispose();
    }

    private async Task Finish(Task rest)
    {
        try
        {
            await rest.WaitAsync(Patience, _parts.Time, _end.Token);
        }
        catch (Exception ended) when (ended is TimeoutException or OperationCanceledException)
        {
            await _end.CancelAsync();
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Take(PooledBuffer line)
    {
        var message = EnvelopeParser.Parse(line.Written).Envelope;
        if (message is null or { Kind: MessageKind.Request })
        {
            await Start(line, message);
        }
        else if (message.Method == McpMethods.Cancelled && _byId.TryGetValue(RequestId.FromRaw(message.Param("requestId"u8)), out var exchange) && exchange.Cancel())
        {
            line.Dispose();
        }
        else
        {
            await _outbox.Writer.WriteAsync((line, message), _end.Token);
        }
    }

    private async Task Start(PooledBuffer line, Envelope? request)
    {
        var exchange = new Exchange(_parts, line, request, _end.Token);
        var refusal = _running.Count >= MostRunning ? new McpError(ErrorCodes.RateLimited, "Too many requests are running.")
            : request is not null && !_byId.TryAdd(request.Id, exchange) ? McpError.Shape("A request with this id is still running.")
            : null;
        if (refusal is not null)
        {
            using (exchange)
            using (var error = new PooledBuffer())
            {
                JsonRpcWriter.WriteError(error, request?.Id ?? default, refusal, ProtocolEra.Legacy);
                await _parts.Output.Write(error.Written);
            }

            return;
        }

        var isHandshake = request is { Method: McpMethods.Initialize } && !exchange.IsModern;
        if (isHandshake)
        {
            await _parts.Session.Begin(request!);
        }

        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _running[exchange] = Run(exchange, request, registered.Task);
        registered.SetResult();

        if (isHandshake)
        {
            // What comes next needs the session.
            await running;
        }
    }

    private async Task Run(Exchange exchange, Envelope? request, Task registered)
    {
        await registered;
        using (exchange)
        {
            await exchange.Run();
            if (request is not null)
            {
                _byId.TryRemove(request.Id, out _);
            }
        }

        _running.TryRemove(exchange, out _);
    }

    /// <summary>Sends what has no answer, one after the other.</summary>
    private async Task Send()
    {
        await foreach (var (line, message) in _outbox.Reader.ReadAllAsync(_end.Token))
        {
            using (line)
            {
                try
                {
                    await Send(message);
                }
                catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !_end.IsCancellationRequested))
                {
                    _parts.Log.Say($"{message.Method ?? "An answer"} did not reach the gateway: {failure.Message}");
                }
            }
        }
    }

    private async Task Send(Envelope message)
    {
        for (var sends = 1; sends <= MostSends; sends++)
        {
            var isModern = message.Meta.ProtocolVersion is not null;
            var session = isModern ? null : _parts.Session.Current;
            using var request = _parts.Http.Post(message.Bytes);
            session?.Stamp(request);
            if (isModern)
            {
                _parts.Params.Stamp(request, message);
            }

            using var response = await _parts.Http.Send(request, _end.Token);
            if (response.IsSuccessStatusCode)
            {
                if (message.Method == McpMethods.Initialized)
                {
                    _parts.Session.Ready(message);
                }

                return;
            }

            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), _parts.Time, _end.Token);
            }
            else if (response.StatusCode != HttpStatusCode.NotFound || session is null || message.Kind == MessageKind.Response || !await _parts.Session.Renew(session, _end.Token))
            {
                // An answer to a question of a session that is gone is nobody's.
                _parts.Log.Say($"{message.Method ?? "An answer"}: HTTP {(int)response.StatusCode}.");
                return;
            }
        }
    }
}
