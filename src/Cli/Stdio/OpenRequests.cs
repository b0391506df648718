using System.Globalization;
using System.Net;
using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Cli.Stdio;

/// <summary>The requests of one line that wait for their answers, and what comes for them.</summary>
/// <param name="line">What the client sent.</param>
/// <param name="request">The same, read; null when it is no single message.</param>
internal sealed class OpenRequests(BridgeParts parts, ReadOnlyMemory<byte> line, Envelope? request)
{
    private readonly List<RequestId> _open = request is not null ? [request.Id]
        : EnvelopeParser.IsBatch(line.Span) && EnvelopeParser.SplitBatch(line, int.MaxValue, out _) is { } batch
            ? [.. batch.Select(item => EnvelopeParser.Parse(item).Envelope).OfType<Envelope>().Where(item => item.Kind == MessageKind.Request).Select(item => item.Id)]
        : [];

    private volatile bool _isCancelled;

    /// <summary>True when each has its answer.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>The client does not want the answer any more: an error of ours would be one too many.</summary>
    public bool IsCancelled
    {
        get => _isCancelled;
        set => _isCancelled = value;
    }

    /// <summary>2026-07-28.</summary>
    public bool IsModern => request?.Meta.ProtocolVersion is not null;

    /// <summary>An answer that is no stream: a message, a batch of them, or none.</summary>
    public async Task Take(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (!response.IsSuccessStatusCode)
        {
            parts.Log.Say(string.Create(
                CultureInfo.InvariantCulture, $"{request?.Method ?? "A message"}: HTTP {(int)response.StatusCode}{(response.StatusCode == HttpStatusCode.Unauthorized ? ", the gateway refuses the key" : "")}."));
        }

        if (body.IsEmpty && (IsCancelled || (_open.Count == 0 && response.IsSuccessStatusCode)))
        {
            return;
        }

        if (body.IsEmpty)
        {
            await Fail("gateway.unexpected", string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode} from {parts.Http.Endpoint} is no answer of the gateway. Is the address right?"));
            return;
        }

        await Pass(response, body);
        if (_open.Count > 0 && !IsCancelled)
        {
            await Fail("gateway.unexpected", "The gateway answered something else.");
        }
    }

    /// <summary>A message that came for the client, most often the answer.</summary>
    public async ValueTask Pass(HttpResponseMessage response, ReadOnlyMemory<byte> raw)
    {
        if (EnvelopeParser.Parse(raw).Envelope is not { Kind: MessageKind.Response } answer)
        {
            if (EnvelopeParser.IsBatch(raw.Span))
            {
                _open.Clear();
            }

            await parts.Output.Write(raw);
            return;
        }

        if (answer.Id.IsNone && _open.Count > 0)
        {
            // Refused at the door, before the message was read.
            foreach (var id in _open)
            {
                using var error = new PooledBuffer(answer.Error.Length + 64);
                JsonRpcWriter.WriteError(error, id, answer.Error.Span, ProtocolEra.Legacy);
                await parts.Output.Write(error.Written);
            }

            _open.Clear();
            return;
        }

        if (_open.Remove(answer.Id) && request is not null && !answer.Result.IsEmpty)
        {
            Note(response, answer);
        }

        await parts.Output.Write(raw);
    }

    /// <summary>What of an answer the bridge itself goes by.</summary>
    private void Note(HttpResponseMessage response, Envelope answer)
    {
        if (IsModern)
        {
            if (request!.Method == McpMethods.ListTools)
            {
                parts.Params.Learn(answer);
            }
        }
        else if (request!.Method == McpMethods.Initialize)
        {
            parts.Session.Open(response, answer);
        }
        else
        {
            parts.Session.Granted(request);
        }
    }

    /// <summary>What is still open is answered with an error of ours.</summary>
    public async Task Fail(string code, string message)
    {
        parts.Log.Say($"{request?.Method ?? "A message"}: {message}");
        if (IsCancelled)
        {
            return;
        }

        foreach (var id in _open)
        {
            using var error = new PooledBuffer();
            JsonRpcWriter.WriteError(error, id, new McpError(ErrorCodes.NotReady, message) { Data = Encoding.UTF8.GetBytes($$"""{"code":"{{code}}"}""") }, ProtocolEra.Legacy);
            await parts.Output.Write(error.Written);
        }

        _open.Clear();
    }
}
