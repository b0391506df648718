using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Cuts a stream into lines of bounded length. Blocks; for a thread of its own.</summary>
/// <param name="keepsRest">
/// Whether a last line without its end counts: the last words of a person's pipe do, those of a server that died may be half a message.
/// </param>
public sealed class LineReader(Stream stream, int maxBytes, bool keepsRest = false) : IDisposable
{
    private readonly byte[] _chunk = new byte[16 * 1024];
    private PooledBuffer? _line;
    private int _start;
    private int _end;

    /// <summary>
    /// The next line that is not empty, in a buffer that is the caller's; null at the end. Throws <see cref="UpstreamException"/> (too large) beyond the limit, and
    /// what the stream throws.
    /// </summary>
    public PooledBuffer? Read()
    {
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, stream.Read(_chunk));
                if (_end == 0)
                {
                    return keepsRest ? Take() : null;
                }
            }

            var rest = _chunk.AsSpan(_start, _end - _start);
            var at = rest.IndexOf((byte)'\n');
            var part = at < 0 ? rest : rest[..at];
            if ((_line?.Written.Length ?? 0) + part.Length > maxBytes)
            {
                throw UpstreamException.TooLarge(maxBytes);
            }

            _line ??= new PooledBuffer(Math.Max(part.Length, 256));
            _line.Write(part);
            _start += part.Length + (at < 0 ? 0 : 1);
            if (at >= 0 && Take() is { } line)
            {
                return line;
            }
        }
    }

    private PooledBuffer? Take()
    {
        if (_line is null || _line.Written.Span.Trim("\r "u8).IsEmpty)
        {
            _line?.Clear();
            return null;
        }

        var line = _line;
        _line = null;
        return line;
    }

    /// <inheritdoc/>
    public void Dispose() => _line?.Dispose();
}
