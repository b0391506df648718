using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics;
using System.Security.Cryptography;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.SharedResults;

/// <summary>A Redis that does not do as it should; what it does with calls is nothing.</summary>
public sealed class RedisResultsTests : IAsyncDisposable
{
    private readonly FakeRedis _redis = new();
    private readonly List<Microsoft.Extensions.Hosting.BackgroundService> _running = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _running)
        {
            await part.StopAsync(CancellationToken.None);
            part.Dispose();
        }

        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task One_that_stops_answering_costs_three_time_outs_and_nobody_waits_for_it_after_until_it_is_back()
    {
        var (keeper, results) = await Start();
        var usual = _redis.Answer;
        _redis.Answer = _ => null;

        for (var i = 0; i < 3; i++)
        {
            (await Find(results)).ShouldBeNull();
        }

        await Until(() => keeper.Link is null);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1000; i++)
        {
            (await Find(results)).ShouldBeNull();
        }

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(2), "1000 time-outs would be 20 s");
        _redis.Answer = usual;
        await Until(() => keeper.Link is not null);
    }

    [Theory]
    [InlineData("*2\r\n"), InlineData("$9999999\r\n"), InlineData("HTTP/1.1 400 Bad Request\r\n\r\n"), InlineData("+a\r\n+b\r\n+c\r\n+d\r\n+e\r\n")]
    public async Task One_that_speaks_something_else_is_left_at_once_and_nobody_waits(string says)
    {
        var (keeper, results) = await Start();
        _redis.Answer = command => command == "GETRANGE" ? says : "+PONG\r\n";
        (await Find(results)).ShouldBeNull();
        await Until(() => keeper.Link is null || _redis.Connections > 1);
    }

    [Theory]
    [InlineData("-WRONGTYPE Operation against a key\r\n"), InlineData("-LOADING it reads its data\r\n"), InlineData("$3\r\nabc\r\n"), InlineData(":5\r\n")]
    public async Task Values_of_others_and_errors_are_nothing_and_the_connection_stays(string says)
    {
        var (keeper, results) = await Start();
        _redis.Answer = command => command switch { "GETRANGE" => says, "PTTL" => ":1000\r\n", _ => "+OK\r\n" };
        (await Find(results)).ShouldBeNull();
        (await Find(results)).ShouldBeNull();
        (keeper.Link is not null, _redis.Connections).ShouldBe((true, 1));
    }

    [Theory]
    [InlineData("AUTH", "-WRONGPASS invalid username-password pair or user u is disabled\r\n"), InlineData("PING", "-NOPERM no\r\n"), InlineData("PING", null)]
    public async Task One_that_does_not_let_us_in_is_tried_again_and_never_asked(string command, string? says)
    {
        _redis.Answer = asked => asked == command ? says : "+OK\r\n";
        var (keeper, results) = await Start(waits: false);
        await Until(() => _redis.Connections > 0);

        (await Find(results)).ShouldBeNull();
        keeper.Link.ShouldBeNull();
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_refused()
    {
        await using var redis = new FakeRedis(isEncrypted: true);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Should.ThrowAsync<System.Security.Authentication.AuthenticationException>(RedisLink.Open(RedisAddress.Parse(redis.Address), 100, bound.Token));
    }

    [Fact]
    public async Task More_than_may_wait_to_be_stored_and_larger_than_may_be_is_left_out()
    {
        var stored = 0;
        _redis.Answer = command =>
        {
            stored += command == "SET" ? 1 : 0;
            return command == "SET" ? null : "+OK\r\n";
        };
        var left = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Name == "mcpp.gateway.cache.shared.stores")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => left.Enqueue((string)tags[0].Value!));
        listener.Start();
        var (_, results) = await Start();

        results.Keep(DefaultTenant.Id, Result(new byte[5000]));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1000; i++)
        {
            results.Keep(DefaultTenant.Id, Result("{}"u8.ToArray()));
        }

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        await Until(() => stored == 1);
        left.Count(outcome => outcome == "large").ShouldBe(1);
        left.Count(outcome => outcome == "dropped").ShouldBeInRange(995, 996, "four wait, and one is being stored");
    }

    [Fact]
    public async Task Whoever_finds_out_late_that_a_connection_is_of_no_use_finds_it_closed_and_nothing_fails()
    {
        var (keeper, _) = await Start();
        var link = keeper.Link.ShouldNotBeNull();
        await keeper.StopAsync(CancellationToken.None);

        link.Break("it does not answer in time");

        (await link.Ask("*1\r\n$4\r\nPING\r\n"u8.ToArray(), 1)).ShouldBeNull();
    }

    private static SharedResult Result(byte[] payload) => new(CacheKey.Of("a"), payload, false, TimeSpan.FromMinutes(1), TimeSpan.Zero);

    private static ValueTask<SharedResult?> Find(RedisResults results) => results.Find(DefaultTenant.Id, [CacheKey.Of("a"), CacheKey.Of("b")], CancellationToken.None);

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 800 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue();
    }

    private async Task<(RedisKeeper Keeper, RedisResults Results)> Start(bool waits = true)
    {
        var options = Options.Create(new GatewayRedisOptions { Url = _redis.Address, Timeout = TimeSpan.FromMilliseconds(20), MaxEntryBytes = 1024, MaxQueue = 4 });
        var keeper = new RedisKeeper(options, TimeProvider.System, NullLogger<RedisKeeper>.Instance);
        var results = new RedisResults(keeper, new DerivedKeys(SHA256.HashData("master"u8)), options, TimeProvider.System, NullLogger<RedisResults>.Instance);
        _running.AddRange([keeper, results]);
        await keeper.StartAsync(CancellationToken.None);
        await results.StartAsync(CancellationToken.None);
        if (waits)
        {
            await Until(() => keeper.Link is not null);
        }

        return (keeper, results);
    }
}
