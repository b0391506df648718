using System.ComponentModel.DataAnnotations;
using McpPlatform.Gateway.Caching;

namespace McpPlatform.Gateway;

/// <summary>Section <c>Gateway:Cache</c>: how much each gateway keeps in memory of what servers answered. What is kept at all, servers say (<c>ttlMs</c>) or operators declare (<c>cache</c> of a server).</summary>
public sealed class GatewayCacheOptions
{
    public const string Section = "Gateway:Cache";

    /// <summary>Bytes of all tenants. Default 64 MiB (67108864): some ten thousand results of the usual few KiB. 0 = nothing is kept, and equal requests all go to the server.</summary>
    [Range(0, 1L << 40, ErrorMessage = "Gateway__Cache__MaxBytes must be between 0 and 1099511627776.")]
    public long MaxBytes { get; set; } = CacheBounds.Default.MaxBytes;

    /// <summary>Bytes of one tenant. Default 16 MiB (16777216): a quarter, so that no tenant takes it all; over <see cref="MaxBytes"/> the tenant that has most gives way.</summary>
    [Range(1024, 1L << 40, ErrorMessage = "Gateway__Cache__MaxBytesPerTenant must be between 1024 and 1099511627776.")]
    public long MaxBytesPerTenant { get; set; } = CacheBounds.Default.MaxBytesPerTenant;

    /// <summary>Bytes of one result; larger ones pass through. Default 1 MiB (1048576): one of them must not push out a thousand others.</summary>
    [Range(1024, 1 << 30, ErrorMessage = "Gateway__Cache__MaxEntryBytes must be between 1024 and 1073741824.")]
    public int MaxEntryBytes { get; set; } = CacheBounds.Default.MaxEntryBytes;

    /// <summary>Longest that anything is kept, whatever servers and operators say. Default 1 h: what somebody forgot to clear mends itself within it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Gateway__Cache__MaxTtl must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan MaxTtl { get; set; } = CacheBounds.Default.MaxTtl;

    /// <summary>Requests that wait for one equal request under way; further ones go to the server themselves. Default 256: more agents than ask the same within a second.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__Cache__MaxFollowers must be between 1 and 100000.")]
    public int MaxFollowers { get; set; } = CacheBounds.Default.MaxFollowers;

    internal CacheBounds Bounds => new(MaxBytes, MaxBytesPerTenant, MaxEntryBytes, MaxTtl, MaxFollowers);
}
