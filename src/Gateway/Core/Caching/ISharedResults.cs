namespace McpPlatform.Gateway.Caching;

/// <summary>A second level of what is kept, which several gateways share and which may be away at any moment. It never fails: what it cannot do it leaves and counts.</summary>
public interface ISharedResults
{
    /// <summary>What one of the gateways kept under either name. Takes no longer than its own bound. Throws <see cref="OperationCanceledException"/> only when nobody waits any more.</summary>
    /// <param name="tenantId">Whose it is; part of the name.</param>
    /// <param name="names">Those under which it may be, best first; one or two.</param>
    /// <param name="cancellationToken">Ends when nobody waits.</param>
    ValueTask<SharedResult?> Find(Guid tenantId, CacheKey[] names, CancellationToken cancellationToken);

    /// <summary>Takes a result to be stored later; nobody waits for it.</summary>
    void Keep(Guid tenantId, SharedResult result);
}

/// <summary>A result outside of a gateway's memory. Times are spans, since no two machines have one clock.</summary>
/// <param name="Name">Its name within its tenant.</param>
/// <param name="Payload">The raw result object, credentials concealed.</param>
/// <param name="SaysTtl">The result says itself for how long it is good.</param>
/// <param name="For">How long it is good, from when it was kept.</param>
/// <param name="Took">From the question to the server until it was kept: what the server said of changes meanwhile may make it untrue.</param>
/// <param name="Age">Since it was kept; zero for one that is kept now.</param>
public sealed record SharedResult(CacheKey Name, ReadOnlyMemory<byte> Payload, bool SaysTtl, TimeSpan For, TimeSpan Took, TimeSpan Age = default);
