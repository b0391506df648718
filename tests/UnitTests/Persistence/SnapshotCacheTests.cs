using McpPlatform.Persistence;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Persistence;

public sealed class SnapshotCacheTests
{
    [Fact]
    public void It_keeps_the_newest_whoever_comes_last()
    {
        var cache = new SnapshotCache<string>();

        Parallel.For(1, 200, version => cache.Keep(version, $"snapshot {version}"));
        cache.Keep(7, "snapshot 7");

        cache.Find(199).ShouldBe("snapshot 199");
        cache.Find(7).ShouldBeNull();
    }
}
