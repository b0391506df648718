using McpPlatform.Mcp.AspNetCore.Streams;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Answers on the one stream that a client has for everything: HTTP+SSE and WebSocket.</summary>
/// <param name="stream">Where all messages go.</param>
/// <param name="session">The legacy session whose client can be asked; null in the modern era.</param>
internal sealed class StreamSink(EventStream stream, ClientSession? session) : IAnswerSink
{
    /// <inheritdoc/>
    public bool CanAsk => session is not null;

    /// <inheritdoc/>
    public ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => stream.Add(message.Span, wait: true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask Answer(ReadOnlyMemory<byte> message, int status) => stream.Add(message.Span, wait: true, CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask<RpcAnswer> Ask(string method, ReadOnlyMemory<byte> rawParams, CancellationToken cancellationToken) => session is null
        ? throw new InvalidOperationException("This client cannot be asked.")
        : session.Questions.Ask(stream, method, rawParams, wait: true, cancellationToken);
}
