using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Gateway.Caching;

/// <summary>The name of a kept result: SHA-256 of all that the answer may depend on, each part with its length, so that no two lists of parts read alike.</summary>
public readonly record struct CacheKey(UInt128 High, UInt128 Low)
{
    public override int GetHashCode() => (int)(ulong)Low;

    /// <summary>In bytes.</summary>
    public const int Size = 32;

    /// <summary>Writes all of it, the same on every machine.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, High);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], Low);
    }

    internal static CacheKey Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BitConverter.TryWriteBytes(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new CacheKey(BitConverter.ToUInt128(digest), BitConverter.ToUInt128(digest[16..]));
    }
}
