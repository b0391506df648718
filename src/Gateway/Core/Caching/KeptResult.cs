namespace McpPlatform.Gateway.Caching;

/// <summary>A result that is good for a while. Never changed; the marks belong to <see cref="TenantCache"/>.</summary>
/// <param name="key">By which it is found.</param>
/// <param name="payload">The raw result object, credentials concealed; empty: it is only known that nothing can be kept of this request.</param>
internal sealed class KeptResult(CacheKey key, ReadOnlyMemory<byte> payload)
{
    /// <summary>What an entry costs beside its payload: itself, its places in dictionary and list, its texts.</summary>
    private const int Overhead = 400;

    public CacheKey Key => key;

    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>True when asking at the server is known to be the only way, for now.</summary>
    public bool IsHopeless => payload.IsEmpty;

    public required Guid ServerId { get; init; }

    /// <summary>What the server was like, by <see cref="State.ServerRoute.CacheTag"/>.</summary>
    public required string Tag { get; init; }

    public required string Method { get; init; }

    /// <summary>The server's own name of the tool or prompt, or the URI.</summary>
    public required string Target { get; init; }

    /// <summary>Whether everybody of the tenant who may ask gets it; else only whoever asked.</summary>
    public required bool IsShared { get; init; }

    /// <summary>The result says itself for how long it is good: whoever gets it later is told what is left of that.</summary>
    public required bool SaysTtl { get; init; }

    /// <summary>On the monotonic clock.</summary>
    public required long StoredAt { get; init; }

    public required long ExpiresAt { get; init; }

    public int Bytes => payload.Length + Overhead + (Target.Length * sizeof(char));

    /// <summary>Was asked for since the hand passed.</summary>
    internal bool IsVisited { get; set; }

    internal KeptResult? Newer { get; set; }

    internal KeptResult? Older { get; set; }

    /// <summary>In the list, and counted.</summary>
    internal bool IsListed { get; set; }
}
