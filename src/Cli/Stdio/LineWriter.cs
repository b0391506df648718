using McpPlatform.Mcp.Json;

namespace McpPlatform.Cli.Stdio;

/// <summary>The only writer of standard output: whole messages, each on a line of its own, in the order in which they come.</summary>
internal sealed class LineWriter(Stream output) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Ends when nobody reads any more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Writes a message; does nothing once nobody reads. A reader that is slow is waited for.</summary>
    public async ValueTask Write(ReadOnlyMemory<byte> message)
    {
        using var line = new PooledBuffer(message.Length + 1);
        var text = line.GetSpan(message.Length + 1)[..(message.Length + 1)];
        message.Span.CopyTo(text);

        // Between the tokens of JSON a line break is as good as a space, and within them there is none.
        text.Replace((byte)'\n', (byte)' ');
        text.Replace((byte)'\r', (byte)' ');
        text[^1] = (byte)'\n';
        line.Advance(text.Length);
        await _one.WaitAsync();
        try
        {
            await output.WriteAsync(line.Written);
            await output.FlushAsync();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            await _gone.CancelAsync();
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _gone.Dispose();
    }
}
