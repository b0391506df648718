using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Caching;
using McpPlatform.Hosting.Security;

namespace McpPlatform.Gateway.Infrastructure.SharedResults;

/// <summary>
/// Results as they stand outside of the platform, where a reader learns nothing and a writer achieves nothing. The name is an HMAC of tenant and key. The value is sealed with AES-256-GCM
/// under a key of that name's own, the name being associated data: moved to another name it does not open. Layout: version · nonce · sealed (kept at, ms · good for, ms · took, ms ·
/// says ttl · payload) · tag.
/// </summary>
internal sealed class SealedResults(DerivedKeys keys, string prefix, TimeProvider time)
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Head = 8 + 8 + 8 + 1;

    /// <summary>What a sealed value has beside its payload, in bytes.</summary>
    public const int Overhead = 1 + NonceSize + Head + TagSize;

    /// <summary>5 s: so far ahead another gateway's clock may be.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(5);

    private readonly byte[] _names = keys.Of("gateway results v1: names");
    private readonly byte[] _values = keys.Of("gateway results v1: values");

    public byte[] NameOf(Guid tenantId, CacheKey key)
    {
        Span<byte> parts = stackalloc byte[16 + CacheKey.Size];
        tenantId.TryWriteBytes(parts);
        key.Write(parts[16..]);
        return Encoding.ASCII.GetBytes(prefix + Base64Url.EncodeToString(HMACSHA256.HashData(_names, parts)));
    }

    /// <param name="name">By <see cref="NameOf"/>.</param>
    /// <param name="result">What is to be kept.</param>
    /// <param name="keptAt">When it was kept in memory.</param>
    public byte[] Seal(byte[] name, SharedResult result, DateTimeOffset keptAt)
    {
        var clear = new byte[Head + result.Payload.Length];
        BinaryPrimitives.WriteInt64BigEndian(clear, keptAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(clear.AsSpan(8), (long)result.For.TotalMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(clear.AsSpan(16), (long)Math.Ceiling(result.Took.TotalMilliseconds));
        clear[24] = result.SaysTtl ? (byte)1 : (byte)0;
        result.Payload.Span.CopyTo(clear.AsSpan(Head));

        var value = new byte[1 + NonceSize + clear.Length + TagSize];
        value[0] = Version;
        RandomNumberGenerator.Fill(value.AsSpan(1, NonceSize));
        using var cipher = new AesGcm(HMACSHA256.HashData(_values, name), TagSize);
        cipher.Encrypt(value.AsSpan(1, NonceSize), clear, value.AsSpan(1 + NonceSize, clear.Length), value.AsSpan(value.Length - TagSize), name);
        return value;
    }

    /// <summary>Null: it is nobody's of this platform, was altered, or its time is over.</summary>
    /// <param name="key">Whose <paramref name="name"/> it is.</param>
    /// <param name="name">Under which it was found.</param>
    /// <param name="value">As it was found.</param>
    /// <param name="left">How long the store is going to keep it; by that its age is known without comparing clocks, and the longer age counts.</param>
    public SharedResult? Open(CacheKey key, byte[] name, ReadOnlySpan<byte> value, TimeSpan left)
    {
        if (value.Length < Overhead || value[0] != Version)
        {
            return null;
        }

        var clear = new byte[value.Length - 1 - NonceSize - TagSize];
        try
        {
            using var cipher = new AesGcm(HMACSHA256.HashData(_values, name), TagSize);
            cipher.Decrypt(value.Slice(1, NonceSize), value.Slice(1 + NonceSize, clear.Length), value[^TagSize..], clear, name);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        // All of it was written by a gateway: nothing here is anybody's guess.
        var (keptAt, good) = (DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(clear)), TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64BigEndian(clear.AsSpan(8))));
        var (byClock, byStore) = (time.GetUtcNow() - keptAt, good - left);
        var age = byClock > byStore ? byClock : byStore;
        return byClock < -Ahead || age >= good ? null
            : new SharedResult(
                key, clear.AsMemory(Head), clear[24] == 1, good, TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64BigEndian(clear.AsSpan(16))), age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }
}
