using System.Security.Cryptography;
using System.Text;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.UnitTests.Gateway.Caching;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.SharedResults;

public sealed class SealedResultsTests
{
    private static readonly CacheKey Key = CacheKey.Of("a question");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTime _time = new();
    private readonly SealedResults _sealed;
    private readonly byte[] _name;

    public SealedResultsTests() => (_sealed, _name) = (Of("master"), Of("master").NameOf(DefaultTenant.Id, Key));

    [Fact]
    public void What_was_sealed_opens_by_its_name_and_shows_nothing_before()
    {
        var value = Sealed();

        Encoding.Latin1.GetString([.. value, .. _name]).ShouldNotContain("payload");
        _sealed.Open(Key, _name, value, Minute).ShouldSatisfyAllConditions(
            found => Encoding.UTF8.GetString(found!.Payload.Span).ShouldBe("""{"the":"payload"}"""),
            found => (found!.Name, found.SaysTtl, found.For, found.Took, found.Age).ShouldBe((Key, true, Minute, TimeSpan.FromMilliseconds(7), TimeSpan.Zero)));
        Sealed().ShouldNotBe(value);
    }

    [Fact]
    public void Names_tell_tenants_keys_and_platforms_apart_and_nothing_else()
    {
        byte[][] names = [_name, _sealed.NameOf(CacheScene.Other, Key), _sealed.NameOf(DefaultTenant.Id, CacheKey.Of("another")), Of("another master").NameOf(DefaultTenant.Id, Key)];

        names.Select(Convert.ToHexString).Distinct().Count().ShouldBe(4);
        Of("master").NameOf(DefaultTenant.Id, Key).ShouldBe(_name, "each gateway makes the same");
        names.ShouldAllBe(name => Encoding.ASCII.GetString(name).StartsWith("t:"));
    }

    [Fact]
    public void Another_name_another_platform_and_any_altered_byte_do_not_open()
    {
        var value = Sealed();
        var other = _sealed.NameOf(CacheScene.Other, Key);

        _sealed.Open(Key, other, value, Minute).ShouldBeNull();
        Of("another master").Open(Key, _name, value, Minute).ShouldBeNull();
        for (var i = 0; i < value.Length; i++)
        {
            var altered = (byte[])value.Clone();
            altered[i] ^= 1;
            _sealed.Open(Key, _name, altered, Minute).ShouldBeNull($"byte {i}");
            _sealed.Open(Key, _name, value.AsSpan(0, i), Minute).ShouldBeNull($"the first {i} bytes");
        }
    }

    [Fact]
    public void Its_time_is_over_when_the_clock_says_so_or_the_store_does_and_the_longer_age_counts()
    {
        var value = Sealed();
        _time.Advance(TimeSpan.FromSeconds(10));

        _sealed.Open(Key, _name, value, TimeSpan.FromSeconds(50))!.Age.ShouldBe(TimeSpan.FromSeconds(10));
        _sealed.Open(Key, _name, value, TimeSpan.FromSeconds(20))!.Age.ShouldBe(TimeSpan.FromSeconds(40), "the store has had it for longer than this clock says");
        _sealed.Open(Key, _name, value, TimeSpan.FromHours(9))!.Age.ShouldBe(TimeSpan.FromSeconds(10), "a store that keeps it for longer makes it no younger");
        _time.Advance(TimeSpan.FromSeconds(50));
        _sealed.Open(Key, _name, value, Minute).ShouldBeNull();
    }

    [Theory]
    [InlineData(4, true), InlineData(6, false)]
    public void One_from_the_future_is_taken_only_as_far_as_clocks_differ(int seconds, bool isTaken)
    {
        var value = _sealed.Seal(_name, Result(), _time.GetUtcNow().AddSeconds(seconds));

        (_sealed.Open(Key, _name, value, Minute) is { } found ? found.Age : (TimeSpan?)null).ShouldBe(isTaken ? TimeSpan.Zero : null);
    }

    private SealedResults Of(string master) => new(new DerivedKeys(SHA256.HashData(Encoding.UTF8.GetBytes(master))), "t:", _time);

    private byte[] Sealed() => _sealed.Seal(_name, Result(), _time.GetUtcNow());

    private static SharedResult Result() => new(Key, """{"the":"payload"}"""u8.ToArray(), true, Minute, TimeSpan.FromMilliseconds(7));
}
