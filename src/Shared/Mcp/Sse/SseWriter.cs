using System.Buffers;

namespace McpPlatform.Mcp.Sse;

/// <summary>Writes <c>text/event-stream</c>. Flushing is the caller's.</summary>
public static class SseWriter
{
    /// <summary>A comment: keeps intermediaries from closing a silent stream.</summary>
    public static ReadOnlySpan<byte> KeepAlive => ": keep-alive\n\n"u8;

    /// <summary>
    /// One <c>message</c> event. Line ends inside the message (white space between JSON tokens, never inside strings) become lines of their own, as the format
    /// asks; a lone CR becomes LF.
    /// </summary>
    public static void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        output.Write("event: message\n"u8);
        while (true)
        {
            var end = message.IndexOfAny((byte)'\n', (byte)'\r');
            output.Write("data: "u8);
            output.Write(end < 0 ? message : message[..end]);
            output.Write("\n"u8);
            if (end < 0)
            {
                break;
            }

            message = message[(end + (message[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }

        output.Write("\n"u8);
    }
}
