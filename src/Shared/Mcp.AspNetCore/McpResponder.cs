using System.Globalization;
using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// Answers one request: any number of notifications, then exactly one result or error. The first notification turns the answer into an event stream. Once
/// the caller is gone everything is taken and dropped. For one writer at a time.
/// </summary>
public sealed class McpResponder
{
    private readonly IAnswerSink _sink;
    private readonly RequestId _id;
    private readonly ProtocolEra _era;
    private IReadOnlyList<MemberEdit> _edits;

    internal McpResponder(IAnswerSink sink, RequestId id, ProtocolEra era)
    {
        _sink = sink;
        _id = id;
        _era = era;
        _edits = ResultEdits.Legacy;
    }

    /// <summary>True after <see cref="Result"/> or an error. Another answer throws <see cref="InvalidOperationException"/>.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>True when the answer was a result.</summary>
    public bool HasResult { get; private set; }

    /// <summary>Sends a raw notification message that belongs to this request (progress with the caller's own token). Returns when it was queued
    /// and the client is not too far behind.</summary>
    public ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        ThrowIfAnswered();
        return _sink.Notify(message, cancellationToken);
    }

    /// <summary>True when the client can be asked down this request's stream: a live legacy session, and no batch.</summary>
    public bool CanAsk => _sink.CanAsk;

    /// <summary>
    /// Asks the client something (<c>elicitation/create</c>, <c>sampling/createMessage</c>, <c>roots/list</c>) on the stream of this request, after what was
    /// sent before. Empty <paramref name="rawParams"/>: none. Cancelling tells the client. Throws <see cref="InvalidOperationException"/> without
    /// <see cref="CanAsk"/>, <see cref="SessionEndedException"/> when the session ends first. The caller disposes the answer.
    /// </summary>
    public ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken)
    {
        ThrowIfAnswered();
        return _sink.Ask(method, rawParams, cancellationToken);
    }

    /// <summary>Makes the answer an event stream now and flushes its head (<c>subscriptions/listen</c>). Does nothing where it is one, or cannot be one.</summary>
    public ValueTask Open(CancellationToken cancellationToken)
    {
        ThrowIfAnswered();
        return _sink.Open(cancellationToken);
    }

    /// <summary>
    /// Ends the HTTP response and not the request: the client comes back with <c>Last-Event-ID</c> after <paramref name="retry"/> (null: the default) and gets
    /// what was sent meanwhile. Does nothing where the revision (before 2025-11-25) or the transport has no such thing.
    /// </summary>
    public ValueTask Detach(TimeSpan? retry)
    {
        ThrowIfAnswered();
        return _sink.Detach(retry);
    }

    /// <summary>Another process answered in this one's place, on the same response: nothing more is written here.</summary>
    public void Leave() => IsAnswered = true;

    /// <summary>Answers that there is no such method: 404 in the modern era.</summary>
    public ValueTask MethodNotFound() => Error(new(ErrorCodes.MethodNotFound, "Method not found.", _era == ProtocolEra.Modern ? 404 : 200));

    /// <summary>
    /// Answers with a raw result object, legacy or modern: <c>resultType</c>, <c>ttlMs</c>, <c>cacheScope</c> and <c>_meta</c>'s <c>serverInfo</c> are added or
    /// taken out as the caller's era wants; every other byte arrives as it is.
    /// </summary>
    public async ValueTask Result(ReadOnlyMemory<byte> result)
    {
        ThrowIfAnswered();
        using var message = new PooledBuffer(result.Length + 512);
        JsonRpcWriter.WriteResult(message, _id, result.Span, _edits);
        IsAnswered = HasResult = true;
        await _sink.Answer(message.Written, 200);
    }

    /// <summary>Answers with an error of the platform.</summary>
    public async ValueTask Error(McpError error)
    {
        ThrowIfAnswered();
        using var message = new PooledBuffer();
        JsonRpcWriter.WriteError(message, _id, error, _era);
        IsAnswered = true;
        await _sink.Answer(message.Written, error.HttpStatus);
    }

    /// <summary>Answers with an upstream's raw error object; in the modern era its code decides the HTTP status.</summary>
    public async ValueTask UpstreamError(ReadOnlyMemory<byte> rawError)
    {
        ThrowIfAnswered();
        using var message = new PooledBuffer(rawError.Length + 128);
        JsonRpcWriter.WriteError(message, _id, rawError.Span, _era);
        IsAnswered = true;
        await _sink.Answer(message.Written, _era == ProtocolEra.Modern ? ModernRules.StatusOf(JsonMembers.Find(rawError, "code"u8).Span) : 200);
    }

    /// <summary>Chooses how results are completed for a modern caller.</summary>
    internal void Complete(IReadOnlyList<MemberEdit> edits) => _edits = edits;

    private void ThrowIfAnswered()
    {
        if (IsAnswered)
        {
            throw new InvalidOperationException("The request was answered already.");
        }
    }
}

/// <summary>Where answers go: an HTTP response, or a batch.</summary>
internal interface IAnswerSink
{
    /// <summary>Passes a notification on, or drops it where the form of the answer has no room for it.</summary>
    ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>Passes the last message on. The status counts when nothing was sent before.</summary>
    ValueTask Answer(ReadOnlyMemory<byte> message, int status);

    /// <summary>Whether <see cref="Ask"/> reaches a client that can answer.</summary>
    bool CanAsk => false;

    /// <summary>Sends a request of ours down the stream and waits for its answer.</summary>
    ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("This client cannot be asked.");

    /// <summary>Starts the stream, where there can be one.</summary>
    ValueTask Open(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Ends the response and keeps the stream, where it can be resumed.</summary>
    ValueTask Detach(TimeSpan? retry) => ValueTask.CompletedTask;
}

/// <summary>What results get or lose on the way to a caller of an era.</summary>
internal static class ResultEdits
{
    private static readonly MemberEdit[] Stale = [MemberEdit.SetIfAbsent("ttlMs", "0"u8.ToArray()), MemberEdit.SetIfAbsent("cacheScope", "\"private\""u8.ToArray())];
    private static readonly MemberEdit ResultType = MemberEdit.SetIfAbsent("resultType", "\"complete\""u8.ToArray());

    /// <summary>Legacy schemas know none of these.</summary>
    public static IReadOnlyList<MemberEdit> Legacy { get; } =
    [
        MemberEdit.Drop("resultType"),
        MemberEdit.Drop("ttlMs"),
        MemberEdit.Drop("cacheScope"),
        MemberEdit.Strip("_meta", MetaKeys.ServerInfo),
    ];

    /// <summary>A modern result of a call.</summary>
    public static IReadOnlyList<MemberEdit> Call(McpServerDescription server) =>
        [ResultType, MemberEdit.Edit("_meta", MemberEdit.SetIfAbsent(MetaKeys.ServerInfo, server.Info))];

    /// <summary>A modern result of reading that says nothing of how long it is good for.</summary>
    public static IReadOnlyList<MemberEdit> Read(McpServerDescription server) => [.. Call(server), .. Stale];

    /// <summary>A modern result that may be cached: a list or the description.</summary>
    public static IReadOnlyList<MemberEdit> List(McpServerDescription server) =>
    [
        .. Call(server),
        MemberEdit.SetIfAbsent("ttlMs", Encoding.ASCII.GetBytes(((long)server.CacheFor.TotalMilliseconds).ToString(CultureInfo.InvariantCulture))),
        MemberEdit.SetIfAbsent("cacheScope", server.CachePublicly ? "\"public\""u8.ToArray() : "\"private\""u8.ToArray()),
    ];
}
