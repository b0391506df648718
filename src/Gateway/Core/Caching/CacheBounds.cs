namespace McpPlatform.Gateway.Caching;

/// <summary>How much a gateway keeps of what servers answered.</summary>
/// <param name="MaxBytes">Of all tenants, as counted by <see cref="KeptResult.Bytes"/>. 64 MiB: some ten thousand results of the usual few KiB. 0 = nothing is kept.</param>
/// <param name="MaxBytesPerTenant">Of one tenant. 16 MiB: a quarter, so that no tenant takes it all.</param>
/// <param name="MaxEntryBytes">Of one result; larger ones pass through. 1 MiB: one of them must not push out a thousand others.</param>
/// <param name="MaxTtl">Longest that anything is kept, whatever server or operator say. 1 h: what was forgotten in a configuration mends itself within it.</param>
/// <param name="MaxFollowers">Most requests that wait for one equal request under way; further ones go to the server themselves. 256.</param>
public sealed record CacheBounds(long MaxBytes, long MaxBytesPerTenant, int MaxEntryBytes, TimeSpan MaxTtl, int MaxFollowers)
{
    public static CacheBounds Default { get; } = new(64L << 20, 16L << 20, 1 << 20, TimeSpan.FromHours(1), 256);
}
