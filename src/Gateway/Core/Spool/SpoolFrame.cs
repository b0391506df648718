using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace McpPlatform.Gateway.Spool;

/// <summary>One record on disk: length and CRC-32C of the payload (little endian, 4 bytes each), then the payload.</summary>
internal static class SpoolFrame
{
    public const int HeaderBytes = 8;

    /// <summary>Fills in the header in front of a payload that already stands behind it.</summary>
    public static void Seal(Span<byte> frame)
    {
        var payload = frame[HeaderBytes..];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(payload));
    }

    /// <summary>Reads the frame at the start of a buffer.</summary>
    /// <param name="length">Length of the whole frame when the header is plausible (also with a wrong checksum); else 0.</param>
    /// <returns>True when the frame is whole and its checksum is right.</returns>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> payload, out int length)
    {
        payload = default;
        length = 0;
        if (buffer.Length < HeaderBytes)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        if (size is <= 0 or > SpoolOptions.MaxRecordBytes || buffer.Length - HeaderBytes < size)
        {
            return false;
        }

        length = HeaderBytes + size;
        payload = buffer[HeaderBytes..length];
        return Checksum(payload) == BinaryPrimitives.ReadUInt32LittleEndian(buffer[4..]);
    }

    /// <summary>CRC-32C (Castagnoli), in hardware where there is any.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var single in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, single);
        }

        return ~crc;
    }
}
