using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Cuts a stream into lines of bounded length. Blocks; for a thread of its own.</summary>
internal sealed class LineReader(Stream stream, int maxBytes) : IDisposable
{
    private readonly byte[] _chunk = new byte[16 * 1024];
    private PooledBuffer? _line;
    private int _start;
    private int _end;

    /// <summary>The next line that is not empty, in a buffer that is the caller's; null at the end. A last line without its end is dropped.</summary>
    public PooledBuffer? Read()
    {
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, stream.Read(_chunk));
                if (_end == 0)
                {
                    return null;
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
            if (at >= 0 && !_line.Written.Span.Trim("\r "u8).IsEmpty)
            {
                var line = _line;
                _line = null;
                return line;
            }

            if (at >= 0)
            {
                _line.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _line?.Dispose();
}
