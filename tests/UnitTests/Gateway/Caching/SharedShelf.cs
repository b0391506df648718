using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Hosting.Security;

namespace McpPlatform.UnitTests.Gateway.Caching;

/// <summary>What gateways share, sealed as in a Redis and with the times of one, in memory.</summary>
internal sealed class SharedShelf(ManualTime time) : ISharedResults
{
    private readonly SealedResults _sealed = new(new DerivedKeys(SHA256.HashData("master"u8)), "t:", time);

    /// <summary>By name: the value and when it goes.</summary>
    public Dictionary<string, (byte[] Value, DateTimeOffset Until)> Stored { get; } = [];

    public int Looks { get; private set; }

    public ValueTask<SharedResult?> Find(Guid tenantId, CacheKey[] names, CancellationToken cancellationToken)
    {
        Looks++;
        foreach (var key in names)
        {
            var name = _sealed.NameOf(tenantId, key);
            if (Stored.TryGetValue(Encoding.ASCII.GetString(name), out var stored) && stored.Until > time.GetUtcNow()
                && _sealed.Open(key, name, stored.Value, stored.Until - time.GetUtcNow()) is { } found)
            {
                return new(found);
            }
        }

        return new((SharedResult?)null);
    }

    public void Keep(Guid tenantId, SharedResult result)
    {
        var name = _sealed.NameOf(tenantId, result.Name);
        Stored[Encoding.ASCII.GetString(name)] = (_sealed.Seal(name, result, time.GetUtcNow()), time.GetUtcNow() + result.For);
    }
}
