using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Gateway.State;

/// <summary>
/// SHA-256 of a whole API key, as the index over keys has it. Looking it up needs no comparison in constant time: what timing could tell is how much of a
/// hash matches, and nobody can choose keys by the start of their hash without searching all of it. Keys carry 256 random bits, so a plain hash is enough.
/// </summary>
public readonly record struct KeyHash
{
    private const int MaxStack = 256;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    private KeyHash(ReadOnlySpan<byte> hash)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>Hashes a key as it was sent. At most 256 characters; longer text is no key of ours.</summary>
    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxStack, nameof(key));
        Span<byte> utf8 = stackalloc byte[MaxStack * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        return new KeyHash(hash);
    }

    /// <summary>Reads 64 hex digits. False for anything else.</summary>
    public static bool TryParse(string hex, out KeyHash hash)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        var ok = hex.Length == 2 * bytes.Length && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        hash = ok ? new KeyHash(bytes) : default;
        return ok;
    }

    /// <summary>The first word of a hash is as good a hash as any.</summary>
    public override int GetHashCode() => (int)_a;

    public bool Equals(KeyHash other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;
}
