using McpPlatform.Gateway.Caching;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Caching;

public sealed class TenantCacheTests
{
    private readonly TenantCache _cache = new();

    [Fact]
    public void Bytes_stay_within_the_bound_and_what_is_asked_for_outlives_what_is_not()
    {
        var asked = Entry(0);
        _cache.Keep(asked, 10 * asked.Bytes);
        for (var i = 1; i < 200; i++)
        {
            _cache.Find(asked.Key, 0).ShouldBe(asked, $"before {i}");
            _cache.Keep(Entry(i), 10 * asked.Bytes);
            _cache.Bytes.ShouldBeLessThanOrEqualTo(10 * asked.Bytes);
        }

        _cache.Statistics.ShouldSatisfyAllConditions(s => s.Entries.ShouldBe(10), s => s.Evictions.ShouldBe(190), s => s.Bytes.ShouldBe(10 * asked.Bytes));
    }

    [Fact]
    public void The_same_key_again_replaces_and_forgetting_leaves_nothing_behind()
    {
        _cache.Keep(Entry(1), 10_000);
        _cache.Keep(Entry(1), 10_000);
        _cache.Keep(Entry(2), 10_000);
        (_cache.Statistics.Entries, _cache.Bytes).ShouldBe((2, 2 * Entry(1).Bytes));

        _cache.Forget(kept => kept.Key == Entry(1).Key).ShouldBe(Entry(1).Bytes);
        _cache.Find(Entry(1).Key, 0).ShouldBeNull();
        _cache.Forget(_ => true);
        _cache.Statistics.ShouldSatisfyAllConditions(s => (s.Entries, s.Bytes).ShouldBe((0, 0)), s => s.Invalidated.ShouldBe(2));
        _cache.Evict().ShouldBe(0);
    }

    [Fact]
    public void What_is_over_its_time_is_gone_and_no_longer_counted()
    {
        var told = 0L;
        _cache.Expired += bytes => told += bytes;
        _cache.Keep(Entry(1), 10_000);

        _cache.Find(Entry(1).Key, 1000).ShouldBeNull();

        (told, _cache.Bytes, _cache.Statistics.Entries).ShouldBe((Entry(1).Bytes, 0, 0));
    }

    [Fact]
    public void Many_at_once_leave_list_and_count_whole()
    {
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 5000; i++)
            {
                var entry = Entry(random.Next(50));
                switch (random.Next(8))
                {
                    case 0:
                        _cache.Keep(entry, 20 * entry.Bytes);
                        break;
                    case 1:
                        _cache.Forget(kept => kept.Key == entry.Key);
                        break;
                    case 2:
                        _cache.Evict();
                        break;
                    default:
                        _cache.Find(entry.Key, random.Next(1001));
                        break;
                }
            }
        });

        var left = _cache.Statistics;
        left.Bytes.ShouldBe(left.Entries * (long)Entry(0).Bytes);
        _cache.Forget(_ => true);
        (_cache.Bytes, _cache.Statistics.Entries).ShouldBe((0, 0));
    }

    private static KeptResult Entry(int n) => new(CacheKey.Of($"{n}"), new byte[10])
    {
        ServerId = Guid.Empty,
        Tag = "",
        Method = "tools/call",
        Target = "x",
        IsShared = false,
        SaysTtl = false,
        StoredAt = 0,
        ExpiresAt = 1000,
    };
}
