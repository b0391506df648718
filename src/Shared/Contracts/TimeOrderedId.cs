using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpPlatform.Contracts;

/// <summary>
/// UUIDs of version 7 (RFC 9562 §5.7) for things that happen often: as <see cref="Guid.CreateVersion7(DateTimeOffset)"/>, but their 74 random bits are taken from
/// the system for many ids at a time, since asking it costs more than all the rest. Nothing is handed out twice; a secret is made of other bits than these.
/// </summary>
public static class TimeOrderedId
{
    /// <summary>128 ids per question to the system.</summary>
    private const int PoolBytes = 128 * 10;

    [ThreadStatic]
    private static byte[]? s_pool;

    [ThreadStatic]
    private static int s_used;

    /// <summary>A new id of a moment, to the millisecond.</summary>
    public static Guid Create(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        Take(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static void Take(Span<byte> random)
    {
        var pool = s_pool ??= new byte[PoolBytes];
        if (s_used == 0)
        {
            RandomNumberGenerator.Fill(pool);
        }

        pool.AsSpan(s_used, random.Length).CopyTo(random);
        s_used = (s_used + random.Length) % PoolBytes;
    }
}
