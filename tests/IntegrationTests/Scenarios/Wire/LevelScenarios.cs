using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>Which logs a client gets: as its era lets it say, from a server of whichever era.</summary>
public abstract class LevelScenarios(SharedPlatform shared, WireBench wire)
{
    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task A_client_gets_the_logs_that_it_wants_and_no_others(string version, string slug)
    {
        var bench = await wire.Get(shared);
        foreach (var prefix in (string[])["", $"{slug}__"])
        {
            using var client = prefix.Length == 0 ? await bench.Client(version, slug) : await bench.ClientOfAll(version);
            (await Logs(client, prefix, "warning")).ShouldBe(["warning", "error"], prefix);
            (await Logs(client, prefix, "info")).ShouldBe(["info", "notice", "warning", "error"], prefix);
            (await Logs(client, prefix, "emergency")).ShouldBeEmpty(prefix);
        }
    }

    [Theory]
    [InlineData(Bench.ModernSlug)]
    [InlineData(Bench.LegacySlug)]
    public async Task A_modern_client_that_did_not_ask_for_logs_gets_none(string slug)
    {
        var bench = await wire.Get(shared);
        using var talkative = await bench.Client(WireClient.Modern, slug, "{}");
        (await Logs(talkative, "", "debug")).Count.ShouldBe(5);

        foreach (var capabilities in (string[])["{}", WireClient.Everything])
        {
            using var client = await bench.Client(WireClient.Modern, slug, capabilities);
            await using var call = await client.Call("levels", meta: "\"progressToken\":1");
            (await call.All()).ShouldHaveSingleItem().IsAnswer.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_server_that_is_used_for_the_first_time_learns_the_sessions_level()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.ClientOfAll(WireClient.Legacy);
        await SetLevel(client, "error");

        var session = await SessionScenarios.SessionOf(bench, client, $"{Bench.LegacySlug}__");

        session.Level.ShouldBe("error");
        await SetLevel(client, "debug");
        await SessionScenarios.SessionOf(bench, client, $"{Bench.LegacySlug}__");
        session.Level.ShouldBe("debug");
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("principal")]
    public async Task A_legacy_server_that_is_a_process_is_told_as_well(string scope)
    {
        _ = ConformanceFixture.Script;
        var bench = await wire.Get(shared);
        var slug = $"logs-{scope}";
        await bench.Steps.Register(slug, new { transport = "stdio", launcher = "conformance-legacy", scope });
        using var client = await bench.Client(WireClient.Modern, slug, "{}");

        foreach (var (level, count) in ((string?, int)[])[("error", 0), ("info", 3), (null, 0), ("debug", 3)])
        {
            await using var call = await client.Call("test_tool_with_logging", meta: level is null ? "\"progressToken\":1" : $"\"io.modelcontextprotocol/logLevel\":\"{level}\"");
            (await call.All()).Count.ShouldBe(count + 1, level);
        }
    }

    [Fact]
    public async Task A_level_that_is_none_is_refused()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);

        await using var refused = await client.Send("logging/setLevel", "\"level\":\"loud\"");

        (await refused.Answer()).ErrorCode.ShouldBe(-32602);
    }

    [Fact]
    public async Task What_a_session_wanted_holds_when_the_server_has_lost_its_session()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.LegacySlug);
        await using var stream = await client.Listen();
        await SetLevel(client, "warning");
        await using var subscribed = await client.Send("resources/subscribe", "\"uri\":\"test://one\"");
        (await subscribed.Answer()).Result.ShouldNotBeNull();
        var lost = await SessionScenarios.SessionOf(bench, client);
        (lost.Level, lost.Subscribed.ContainsKey("test://one")).ShouldBe(("warning", true));

        bench.Legacy.Forget(lost);

        // The client notices nothing: its session is the gateway's.
        var session = await SessionScenarios.SessionOf(bench, client);
        session.ShouldNotBe(lost);
        (session.Level, session.Subscribed.ContainsKey("test://one")).ShouldBe(("warning", true));
        await Until.True(() => Task.FromResult(session.Standalone.IsRead), TimeSpan.FromSeconds(10), () => "Nobody reads the new session's stream.");
        await session.Standalone.Notify("notifications/resources/updated", """{"uri":"test://one"}""");
        (await stream.First("notifications/resources/updated")).Params!["uri"]!.GetValue<string>().ShouldBe("test://one");
    }

    private static async Task SetLevel(WireClient client, string level)
    {
        await using var set = await client.Send("logging/setLevel", $"\"level\":\"{level}\"");
        (await set.Answer()).Result.ShouldNotBeNull();
    }

    private static async Task<List<string>> Logs(WireClient client, string prefix, string level)
    {
        if (!client.IsModern)
        {
            await SetLevel(client, level);
        }

        await using var call = await client.Call($"{prefix}levels", meta: client.IsModern ? $"\"io.modelcontextprotocol/logLevel\":\"{level}\"" : "");
        return [.. (await call.All()).Where(m => m.Method == "notifications/message").Select(m => m.Params!["level"]!.GetValue<string>())];
    }
}
