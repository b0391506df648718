using System.Diagnostics;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>What servers say of changes reaches whoever asked for it, in the way of its era, after the gateway itself knows of them.</summary>
public abstract class ChangeScenarios(SharedPlatform shared, WireBench wire)
{
    private static readonly (string List, string Method, string Changed)[] Kinds =
    [
        ("tools", "tools/list", "notifications/tools/list_changed"),
        ("prompts", "prompts/list", "notifications/prompts/list_changed"),
        ("resources", "resources/list", "notifications/resources/list_changed"),
    ];

    /// <summary>Eras of client and server, each at the server's own endpoint and at that of all servers.</summary>
    public static TheoryData<string, string, bool> Everywhere => new MatrixTheoryData<string, string, bool>(
        [WireClient.Modern, WireClient.Legacy], [Bench.ChangingModernSlug, Bench.ChangingLegacySlug], [true, false]).Aggregate(new TheoryData<string, string, bool>(), (all, row) =>
        {
            all.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3);
            return all;
        });

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_changed_list_is_told_soon_and_is_new_by_then(string version, string slug, bool ofAll)
    {
        var bench = await wire.Get(shared);
        var upstream = bench.Upstream(slug);
        using var client = ofAll ? await bench.ClientOfAll(version) : await bench.Client(version, slug);
        await using var stream = await Listen(client, """{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":true}""");
        await IsWatched(upstream);
        var took = new List<TimeSpan>();

        foreach (var (list, method, changed) in Kinds)
        {
            var name = $"new-{Guid.NewGuid():n}"[..16];
            upstream.Lists[list][name] = list switch
            {
                "tools" => $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}""",
                "prompts" => $$"""{"name":"{{name}}"}""",
                _ => $$"""{"uri":"test://{{name}}","name":"{{name}}"}""",
            };
            var started = Stopwatch.GetTimestamp();
            await upstream.Tell(changed);
            await stream.First(changed);
            took.Add(Stopwatch.GetElapsedTime(started));
            while (!await Has(client, method, name))
            {
                // That was another server's, or another scenario's; the last one is waited for in vain.
                await stream.First(changed);
            }

            upstream.Lists[list].TryRemove(name, out _);
        }

        // One of three: the machine has other things to do as well.
        took.Min().ShouldBeLessThan(TimeSpan.FromSeconds(0.8));
    }

    [Theory]
    [InlineData(WireClient.Modern, true)]
    [InlineData(WireClient.Modern, false)]
    [InlineData(WireClient.Legacy, true)]
    [InlineData(WireClient.Legacy, false)]
    public async Task Who_listens_to_all_servers_hears_of_one_that_came_later(string version, bool isModern)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.ClientOfAll(version);
        await using var stream = await Listen(client, """{"toolsListChanged":true}""");
        await using var upstream = await WireUpstream.Start(isModern);
        upstream.Tool("first", _ => Task.FromResult(WireTools.Text("first")));
        await bench.Steps.RegisterHttp($"late-{Guid.NewGuid():n}"[..20], upstream.Address);

        await IsWatched(upstream);
        upstream.Tool("second", _ => Task.FromResult(WireTools.Text("second")));
        await upstream.Tell("notifications/tools/list_changed");

        await Until.True(
            async () =>
            {
                await stream.First("notifications/tools/list_changed");
                return (await Names(client, "tools/list")).Exists(name => name.StartsWith("late-", StringComparison.Ordinal) && name.EndsWith("__second", StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task Changes_at_once_are_told_at_once(string version)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.ClientOfAll(version);
        await using var stream = await Listen(client, """{"toolsListChanged":true}""");
        await IsWatched(bench.ChangingModern);
        await IsWatched(bench.ChangingLegacy);
        var names = Enumerable.Range(0, 20).Select(i => $"burst-{Guid.NewGuid():n}"[..14] + i).ToList();

        foreach (var name in names)
        {
            foreach (var upstream in (WireUpstream[])[bench.ChangingModern, bench.ChangingLegacy])
            {
                upstream.Lists["tools"][name] = $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}""";
                await upstream.Tell("notifications/tools/list_changed");
            }
        }

        var told = 0;
        await Until.True(
            async () =>
            {
                told += await stream.IsSilentFor(TimeSpan.FromMilliseconds(400)) ? 0 : 1;
                return (await Names(client, "tools/list")).Count(n => names.Exists(name => n.EndsWith(name, StringComparison.Ordinal))) == 2 * names.Count;
            },
            TimeSpan.FromSeconds(15));
        told.ShouldBeInRange(1, 8);
        names.ForEach(name => bench.ChangingModern.Lists["tools"].TryRemove(name, out _));
        names.ForEach(name => bench.ChangingLegacy.Lists["tools"].TryRemove(name, out _));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task A_resource_that_somebody_watches_is_told_of_and_no_other(string version, string slug, bool ofAll)
    {
        var bench = await wire.Get(shared);
        var upstream = bench.Upstream(slug);
        using var client = ofAll ? await bench.ClientOfAll(version) : await bench.Client(version, slug);
        var uri = $"test://{slug}/watched";
        await using var stream = await Listen(client, $$"""{"resourceSubscriptions":["{{uri}}"]}""");
        if (!client.IsModern)
        {
            await using var subscribed = await client.Send("resources/subscribe", $"\"uri\":\"{uri}\"");
            (await subscribed.Answer()).Text.ShouldBe("""{"jsonrpc":"2.0","id":1,"result":{}}""");
        }

        await Until.True(() => Task.FromResult(IsSubscribed(upstream, uri)), TimeSpan.FromSeconds(10), () => "The server was not asked for the resource.");
        await upstream.Tell("notifications/resources/updated", $$"""{"uri":"test://{{slug}}/other","n":1}""", $"test://{slug}/other");
        await upstream.Tell("notifications/resources/updated", $$"""{"uri":"{{uri}}","x-unknown":0.10}""", uri);

        var told = await stream.First("notifications/resources/updated");
        told.Text.ShouldContain($"\"uri\":\"{uri}\",\"x-unknown\":0.10");

        // Whoever leaves is told nothing more, and the server need not tell.
        if (client.IsModern)
        {
            await stream.DisposeAsync();
        }
        else
        {
            await using var unsubscribed = await client.Send("resources/unsubscribe", $"\"uri\":\"{uri}\"");
            (await unsubscribed.Answer()).Result.ShouldNotBeNull();
        }

        await Until.True(() => Task.FromResult(!IsSubscribed(upstream, uri)), TimeSpan.FromSeconds(10), () => "The server still thinks that somebody watches.");
    }

    [Fact]
    public async Task A_resource_is_watched_again_when_the_server_has_lost_its_session()
    {
        var bench = await wire.Get(shared);
        var upstream = bench.ChangingLegacy;
        using var client = await bench.Client(WireClient.Modern, Bench.ChangingLegacySlug);
        const string uri = $"test://{Bench.ChangingLegacySlug}/other";
        await using var stream = await Listen(client, $$"""{"resourceSubscriptions":["{{uri}}"]}""");
        await Until.True(() => Task.FromResult(IsSubscribed(upstream, uri)), TimeSpan.FromSeconds(10), () => "The server was not asked for the resource.");

        foreach (var session in upstream.Sessions.Where(session => session.Subscribed.ContainsKey(uri)))
        {
            upstream.Forget(session);
        }

        await Until.True(() => Task.FromResult(IsSubscribed(upstream, uri)), TimeSpan.FromSeconds(10), () => "The server was not asked again.");
        await upstream.Tell("notifications/resources/updated", $$"""{"uri":"{{uri}}"}""", uri);
        (await stream.First("notifications/resources/updated")).Params!["uri"]!.GetValue<string>().ShouldBe(uri);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task What_changed_while_a_server_was_away_is_told_when_it_is_back(string version, string slug, bool ofAll)
    {
        var bench = await wire.Get(shared);
        var upstream = bench.Upstream(slug);
        using var client = ofAll ? await bench.ClientOfAll(version) : await bench.Client(version, slug);
        await using var stream = await Listen(client, """{"toolsListChanged":true}""");
        await IsWatched(upstream);
        var name = $"away-{Guid.NewGuid():n}"[..16];

        // Nobody is told: whoever could be is gone.
        upstream.Lists["tools"][name] = $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}""";
        upstream.Drop();

        do
        {
            await stream.First("notifications/tools/list_changed");
        }
        while (!await Has(client, "tools/list", name));
        upstream.Lists["tools"].TryRemove(name, out _);
    }

    [Theory]
    [InlineData(Bench.ChangingModernSlug)]
    [InlineData(Bench.ChangingLegacySlug)]
    public async Task Each_subscription_gets_what_it_asked_for_under_its_own_id(string slug)
    {
        var bench = await wire.Get(shared);
        var upstream = bench.Upstream(slug);
        using var client = await bench.Client(WireClient.Modern, slug);
        const string tools = """{"toolsListChanged":true,"promptsListChanged":false,"nobodyKnows":true}""";
        await using var number = await client.Send("subscriptions/listen", $"\"notifications\":{tools}", "4711");
        await using var text = await client.Send("subscriptions/listen", "\"notifications\":{\"promptsListChanged\":true}", "\"4711\"");

        var first = (await number.Next())!;
        (first.Method, Id(first)).ShouldBe(("notifications/subscriptions/acknowledged", "4711"));
        first.Params!["notifications"]!.ToJsonString().ShouldBe("""{"toolsListChanged":true}""");
        var second = (await text.Next())!;
        (second.Method, Id(second)).ShouldBe(("notifications/subscriptions/acknowledged", "\"4711\""));

        await IsWatched(upstream);
        await upstream.Tell("notifications/prompts/list_changed");
        await upstream.Tell("notifications/tools/list_changed");

        var (ofNumber, ofText) = ((await number.Next())!, (await text.Next())!);
        (ofNumber.Method, Id(ofNumber)).ShouldBe(("notifications/tools/list_changed", "4711"));
        (ofText.Method, Id(ofText)).ShouldBe(("notifications/prompts/list_changed", "\"4711\""));

        static string Id(WireMessage message) => message.Params!["_meta"]!["io.modelcontextprotocol/subscriptionId"]!.ToJsonString();
    }

    /// <summary>The session's own stream, or a subscription; open when this returns.</summary>
    private static async Task<WireExchange> Listen(WireClient client, string wanted)
    {
        if (!client.IsModern)
        {
            return await client.Listen();
        }

        var stream = await client.Send("subscriptions/listen", $"\"notifications\":{wanted}", "\"l\"");
        (await stream.Next())!.Method.ShouldBe("notifications/subscriptions/acknowledged");
        return stream;
    }

    private static Task IsWatched(WireUpstream upstream) => Until.True(
        () => Task.FromResult(upstream.IsModern ? upstream.Listening.Count > 0 : upstream.Sessions.Any(session => session.Standalone.IsRead)), TimeSpan.FromSeconds(10), () => "Nobody listens to the server.");

    private static bool IsSubscribed(WireUpstream upstream, string uri) => upstream.IsModern
        ? upstream.Listening.Any(call => call.Raw("notifications").Contains(uri, StringComparison.Ordinal))
        : upstream.Sessions.Any(session => session.Subscribed.ContainsKey(uri) && session.Standalone.IsRead);

    private static async Task<bool> Has(WireClient client, string method, string name) => (await Names(client, method)).Exists(known => known.Contains(name, StringComparison.Ordinal));

    private static async Task<List<string>> Names(WireClient client, string method)
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            await using var page = await client.Send(method, cursor is null ? "" : $"\"cursor\":\"{cursor}\"");
            var result = (await page.Answer()).Result.AsObject();
            names.AddRange(result.First(member => member.Value is JsonArray).Value!.AsArray().Select(item => (item!["uri"] ?? item["name"])!.GetValue<string>()));
            cursor = result["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return names;
    }
}
