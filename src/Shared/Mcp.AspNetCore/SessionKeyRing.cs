namespace McpPlatform.Mcp.AspNetCore;

/// <summary>One key that seals sessions.</summary>
/// <param name="Id">Goes in clear with every value sealed by it.</param>
/// <param name="Secret">32 bytes.</param>
public sealed record SessionKey(byte Id, ReadOnlyMemory<byte> Secret);

/// <summary>
/// The keys that seal sessions: the first one seals, all of them open. The same ring on every replica; to rotate, put a new key in front, and drop the old
/// one after a session's longest life.
/// </summary>
public sealed class SessionKeyRing
{
    private volatile IReadOnlyList<SessionKey> _keys = [];

    /// <summary>A ring with at least one key.</summary>
    public SessionKeyRing(params IReadOnlyList<SessionKey> keys) => Replace(keys);

    /// <summary>The key that seals now.</summary>
    public SessionKey Current => _keys[0];

    /// <summary>Swaps all keys at once. Throws <see cref="ArgumentException"/> for an empty ring, a wrong length or an id that occurs twice.</summary>
    public void Replace(IReadOnlyList<SessionKey> keys)
    {
        if (keys.Count == 0 || keys.Any(key => key.Secret.Length != 32) || keys.DistinctBy(key => key.Id).Count() != keys.Count)
        {
            throw new ArgumentException("A session key ring needs at least one key, 32 bytes each, with different ids.", nameof(keys));
        }

        _keys = [.. keys];
    }

    /// <summary>The key with this id, or null.</summary>
    public SessionKey? Find(byte id)
    {
        foreach (var key in _keys)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }
}
