namespace McpPlatform.Mcp;

/// <summary>
/// The answer of one side to a request of the other: a raw result or a raw error object, in memory that goes back with <see cref="Dispose"/>. One owner.
/// </summary>
/// <param name="isError">Whether <paramref name="payload"/> is an error object.</param>
/// <param name="payload">The raw value of <c>result</c> or <c>error</c>, byte for byte what was sent.</param>
/// <param name="buffer">Where the payload lies, disposed with the answer; null when nobody needs it back.</param>
public sealed class RpcAnswer(bool isError, ReadOnlyMemory<byte> payload, IDisposable? buffer) : IDisposable
{
    private IDisposable? _buffer = buffer;

    /// <summary>True when <see cref="Payload"/> is an error object, false when it is a result.</summary>
    public bool IsError { get; } = isError;

    /// <summary>Raw JSON; valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; } = payload;

    /// <summary>Gives the memory back. Twice does nothing.</summary>
    public void Dispose()
    {
        Payload = default;
        Interlocked.Exchange(ref _buffer, null)?.Dispose();
    }
}
