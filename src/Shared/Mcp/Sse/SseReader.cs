using System.Buffers;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Mcp.Sse;

/// <summary>Bounds of one event stream, in bytes.</summary>
/// <param name="MaxLine">Longest line without its end. A JSON-RPC message usually is one line.</param>
/// <param name="MaxEvent">Most data in one event, all its lines together.</param>
public sealed record SseLimits(int MaxLine = 1024 * 1024, int MaxEvent = 4 * 1024 * 1024);

/// <summary>
/// Reads <c>text/event-stream</c> (WHATWG HTML §9.2.6) as it arrives: any line ends, comments skipped, events without data skipped, an event that the stream's
/// end cuts off dropped. One reader at a time. The stream stays its owner's.
/// </summary>
public sealed class SseReader(Stream stream, SseLimits limits) : IDisposable
{
    /// <summary>It comes back in a header: longer ones are nobody's in good faith.</summary>
    private const int MaxId = 1024;

    private readonly PooledBuffer _data = new();
    private byte[] _buffer = MessageMemory.Rent(8 * 1024);
    private int _start;
    private int _end;
    private int _scanned;
    private bool _skipLineFeed;
    private bool _first = true;
    private bool _hasData;
    private bool _isMessage = true;

    /// <summary>Data of the current event; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlyMemory<byte> Data => _data.Written;

    /// <summary>Type of the current event, <c>message</c> when it has none.</summary>
    public string EventType { get; private set; } = "message";

    /// <summary>Id of the last event that had one, those without data included: where to go on from. Null before the first.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>How long the stream asks to wait before it is opened again; null when it did not say.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>
    /// Moves to the next event. False at the end of the stream. Throws <see cref="UpstreamException"/> (too large) beyond the limits, and what the stream
    /// throws.
    /// </summary>
    public async ValueTask<bool> Read(CancellationToken cancellationToken)
    {
        Reset();
        while (true)
        {
            while (TryTakeLine(out var from, out var length))
            {
                if (length == 0)
                {
                    if (_hasData && !_data.Written.IsEmpty)
                    {
                        return true;
                    }

                    Reset();
                    continue;
                }

                TakeField(_buffer.AsSpan(from, length));
            }

            if (!await Fill(cancellationToken))
            {
                return false;
            }
        }
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        _data.Dispose();
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0)
        {
            MessageMemory.Return(buffer);
        }
    }

    private void Reset()
    {
        _data.Clear();
        _hasData = false;
        if (!_isMessage)
        {
            (EventType, _isMessage) = ("message", true);
        }
    }

    private bool TryTakeLine(out int from, out int length)
    {
        (from, length) = (_start, 0);
        if (_skipLineFeed && _start < _end)
        {
            _skipLineFeed = false;
            if (_buffer[_start] == (byte)'\n')
            {
                from = ++_start;
                _scanned = Math.Max(_scanned, _start);
            }
        }

        var at = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\n', (byte)'\r');
        if (at < 0)
        {
            _scanned = _end;
            ThrowIfLonger(_end - _start);
            return false;
        }

        var stop = _scanned + at;
        length = stop - from;
        ThrowIfLonger(length);
        _skipLineFeed = _buffer[stop] == (byte)'\r';
        _start = _scanned = stop + 1;
        if (_first)
        {
            _first = false;
            if (_buffer.AsSpan(from, length).StartsWith("\uFEFF"u8))
            {
                (from, length) = (from + 3, length - 3);
            }
        }

        return true;
    }

    private void ThrowIfLonger(int length)
    {
        if (length > limits.MaxLine)
        {
            throw UpstreamException.TooLarge(limits.MaxLine);
        }
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        value = value.StartsWith(" "u8) ? value[1..] : value;
        if (name.SequenceEqual("data"u8))
        {
            if (_data.Written.Length + value.Length + 1 > limits.MaxEvent)
            {
                throw UpstreamException.TooLarge(limits.MaxEvent);
            }

            if (_hasData)
            {
                _data.Write("\n"u8);
            }

            _data.Write(value);
            _hasData = true;
        }
        else if (name.SequenceEqual("event"u8))
        {
            _isMessage = value.IsEmpty || value.SequenceEqual("message"u8);
            EventType = _isMessage ? "message" : System.Text.Encoding.UTF8.GetString(value);
        }
        else if (name.SequenceEqual("id"u8))
        {
            if (value.Length <= MaxId && !value.Contains((byte)0))
            {
                LastEventId = System.Text.Encoding.UTF8.GetString(value);
            }
        }
        else if (name.SequenceEqual("retry"u8) && System.Buffers.Text.Utf8Parser.TryParse(value, out int milliseconds, out var used) && used == value.Length && milliseconds >= 0)
        {
            Retry = TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    private async ValueTask<bool> Fill(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_scanned, _end, _start) = (_scanned - _start, _end - _start, 0);
        }

        if (_end == _buffer.Length)
        {
            var larger = MessageMemory.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            MessageMemory.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
