using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Collects the answers to a batch as one array. Notifications are dropped: progress is optional, and an array has no room for it.</summary>
internal sealed class BatchSink : IAnswerSink, IDisposable
{
    private readonly PooledBuffer _answers = new();

    /// <summary>True when no message of the batch asked for an answer.</summary>
    public bool IsEmpty => _answers.Written.IsEmpty;

    /// <inheritdoc/>
    public ValueTask Notify(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask Answer(ReadOnlyMemory<byte> message, int status)
    {
        _answers.Write(IsEmpty ? "["u8 : ","u8);
        _answers.Write(message.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The array, once.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        _answers.Write("]"u8);
        return _answers.Written;
    }

    /// <inheritdoc/>
    public void Dispose() => _answers.Dispose();
}
