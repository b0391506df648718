using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>One answer of a Redis: a text, a number, an error, or bytes; neither: there is nothing.</summary>
internal readonly record struct Reply(byte[]? Bytes, long? Number, string? Text, string? Error);

/// <summary>The part of RESP 2 (redis.io, Redis serialization protocol) that setting and getting takes: commands are arrays of strings, replies are anything but arrays.</summary>
internal static class Resp
{
    /// <summary>512: longest line, of an error for example, that is read.</summary>
    private const int MaxLine = 512;

    public static void Write(IBufferWriter<byte> to, params ReadOnlySpan<byte[]> arguments)
    {
        Head(to, '*', arguments.Length);
        foreach (var argument in arguments)
        {
            Head(to, '$', argument.Length);
            to.Write(argument);
            to.Write("\r\n"u8);
        }
    }

    /// <summary>Takes one reply off the front. False: it is not all there. Throws <see cref="InvalidDataException"/> when this is no such protocol, or the reply is larger than may be.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> from, int maxBytes, out Reply reply)
    {
        reply = default;
        var reader = new SequenceReader<byte>(from);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            return from.Length <= MaxLine ? false : throw new InvalidDataException("A line without an end.");
        }

        if (line.IsEmpty || line.Length > MaxLine)
        {
            throw new InvalidDataException("An empty line, or one too long.");
        }

        Span<byte> text = stackalloc byte[(int)line.Length];
        line.CopyTo(text);
        var rest = text[1..];
        switch (text[0])
        {
            case (byte)'+':
                reply = new Reply(null, null, Encoding.UTF8.GetString(rest), null);
                break;
            case (byte)'-':
                reply = new Reply(null, null, null, Encoding.UTF8.GetString(rest));
                break;
            case (byte)':':
                reply = new Reply(null, Number(rest), null, null);
                break;
            case (byte)'$':
                if (Number(rest) is var length and >= 0)
                {
                    if (length > maxBytes)
                    {
                        throw new InvalidDataException("A reply larger than asked for.");
                    }

                    if (reader.Remaining < length + 2)
                    {
                        return false;
                    }

                    var bytes = new byte[length];
                    reader.TryCopyTo(bytes);
                    reader.Advance(length + 2);
                    reply = new Reply(bytes, null, null, null);
                }

                break;
            default:
                throw new InvalidDataException("No reply of a Redis.");
        }

        from = from.Slice(reader.Position);
        return true;
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : throw new InvalidDataException("No number.");

    private static void Head(IBufferWriter<byte> to, char kind, int number)
    {
        Span<byte> line = stackalloc byte[16];
        line[0] = (byte)kind;
        Utf8Formatter.TryFormat(number, line[1..], out var length);
        "\r\n"u8.CopyTo(line[(1 + length)..]);
        to.Write(line[..(length + 3)]);
    }
}
