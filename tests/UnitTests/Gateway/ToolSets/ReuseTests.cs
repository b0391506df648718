using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>What sets have in common is held once, and what did not change is not made again; neither is seen by anybody.</summary>
public sealed class ReuseTests
{
    private static readonly string[] Words = ["list", "read", "write", "drop"];
    private static readonly string[] Slugs = ["a", "b", "c"];

    [Fact]
    public void A_snapshot_that_says_the_same_of_a_set_and_its_servers_leaves_them_as_they_are()
    {
        var (a, b) = (Server("a"), Server("b"));
        var set = Set("set", new SetMember("a"));
        var first = Compile(RegistryState.Empty, [a, b], set);

        var next = Compile(first, [a, b with { Environment = "other" }], set);

        Routes(next).Servers["a"].ShouldBeSameAs(Routes(first).Servers["a"]);
        Routes(next).Servers["b"].ShouldNotBeSameAs(Routes(first).Servers["b"]);
        Routes(next).Sets["set"].ShouldBeSameAs(Routes(first).Sets["set"]);
        Routes(Compile(first, [a, b], set with { Version = 2, Terms = set.Terms with { Title = "New" } })).Sets["set"].ShouldNotBeSameAs(Routes(first).Sets["set"]);
    }

    [Fact]
    public void Anything_else_that_a_snapshot_says_of_a_server_makes_it_and_its_sets_anew()
    {
        var server = Server("a") with { Offer = Offer("one") };
        ServerEntry[] others =
        [
            server with { Title = "Other" },
            server with { Tags = ["audit"] },
            server with { Connection = server.Connection with { Url = "http://127.0.0.1:2/mcp" } },
            server with { Limits = new ServerLimits(MaxConcurrency: 1) },
            server with { Cache = new ServerCache(["*"], 1000) },
            server with { CacheClears = new CacheClears(1) },
            server with { Pins = [] },
            server with { MaxAttempts = 1 },
            server with { Tools = [.. server.Tools.Skip(1)] },
            server with { Tools = [server.Tools[0] with { Era = "legacy" }, .. server.Tools.Skip(1)] },
            server with { Tools = [server.Tools[0] with { Needs = "roots" }, .. server.Tools.Skip(1)] },
            server with { Tools = [server.Tools[0] with { Definition = SetBench.Json(server.Tools[0].Definition.GetRawText().Replace("\"f\":{}", "\"f\":{\"minimum\":1.0}", StringComparison.Ordinal)) }, .. server.Tools.Skip(1)] },
            server with { Offer = Offer("two") },
            server with { Offer = Offer("one") with { Modern = new ServerFace("2026-07-28", null, "Read me.") } },
            server with { Offer = null },
        ];
        var set = Set("set", new SetMember("a"));
        var first = Compile(RegistryState.Empty, [server], set);

        foreach (var (other, index) in others.Select((other, index) => (other, index)))
        {
            var next = Compile(first, [other], set);
            Routes(next).Servers["a"].ShouldNotBeSameAs(Routes(first).Servers["a"], $"change {index}");
            Routes(next).Sets["set"].ShouldNotBeSameAs(Routes(first).Sets["set"], $"change {index}");
            Routes(next).Sets["set"].Tools.All(tool => tool.Server == Routes(next).Servers["a"]).ShouldBeTrue($"change {index}");
        }
    }

    [Fact]
    public void Definitions_that_a_set_says_nothing_of_are_the_servers_own_bytes()
    {
        var terms = SetBench.Terms(new SetMember("a")) with { Overrides = [new SetOverride("a", "read_thing", Rename: "look")] };
        var state = Compile(RegistryState.Empty, [Server("a")], Set("one", new SetMember("a")), Set("two", terms), Set("own", terms with { Overrides = null, Naming = ToolSetNaming.Own }));
        var (server, sets) = (Routes(state).Servers["a"], Routes(state).Sets);

        foreach (var tool in sets["one"].Tools)
        {
            IsSame(tool.AggregatedDefinition, tool.Tool.AggregatedDefinition).ShouldBeTrue(tool.Name);
            sets["two"].Tools.Contains(tool).ShouldBe(tool.Name != "read_thing", tool.Name);
        }

        sets["own"].Tools.ShouldAllBe(tool => IsSame(tool.AggregatedDefinition, tool.Tool.Definition));
        Encoding.UTF8.GetString(sets["two"].ByName["look"].AggregatedDefinition.Span).ShouldStartWith("""{"name":"look",""");
        server.Words(ToolWords.Aggregated).ShouldBeSameAs(server.Words(ToolWords.Aggregated));
    }

    /// <summary>The oracle is a state that is compiled of nothing else, and the words of each tool counted by itself.</summary>
    [Fact]
    public void After_any_changes_a_set_is_what_it_would_be_if_it_were_made_anew()
    {
        var reused = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var servers = Slugs.Select(slug => Server(slug)).ToArray();
            var sets = Enumerable.Range(0, 3).Select(i => new ToolSetEntry(new Guid(i, 0, 0, new byte[8]), DefaultTenant.Id, $"set-{i}", 1, Terms(random))).ToArray();
            var state = Compile(RegistryState.Empty, servers, sets);
            for (var step = 0; step < 6; step++)
            {
                var (server, set) = (random.Next(servers.Length), random.Next(sets.Length));
                _ = random.Next(4) switch
                {
                    0 => servers[server] = servers[server] with { Tools = [.. servers[server].Tools.Select(tool => random.Next(2) == 0 ? tool : Tool(tool.Name, $"words {random.Next(5)}"))] },
                    1 => servers[server] = servers[server] with { Tags = random.Next(2) == 0 ? [] : ["blue"] },
                    2 => (object)(sets[set] = sets[set] with { Version = sets[set].Version + 1, Terms = Terms(random) }),
                    _ => servers[server],
                };
                var before = state;
                state = Compile(before, servers, sets);
                reused += Routes(state).Sets.Values.Count(now => ReferenceEquals(now, Routes(before).Sets[now.Slug]));
                var anew = Compile(RegistryState.Empty, servers, sets);
                foreach (var now in Routes(state).Sets.Values)
                {
                    Equal(now, Routes(anew).Sets[now.Slug], $"seed {seed}, step {step}, {now.Slug}");
                    now.Tools.All(tool => tool.Server == Routes(state).Servers[tool.Server.Slug]).ShouldBeTrue("no server of another state");
                }
            }
        }

        reused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_name_that_another_item_takes_leaves_the_last_state_as_it_was()
    {
        // Cut to 55 characters, the slug ends with '_', and so the name looks like one of a shorter slug.
        var mine = Snapshots.Server($"{new string('a', 54)}_bbbbbbbb", "x");
        var first = Compile(RegistryState.Empty, [mine]);
        var tool = Routes(first).Tools.Single();
        var name = tool.Aggregated;

        // Wants the same name at the endpoint of all servers, which both have to give up.
        var next = Compile(first, [mine, Snapshots.Server(name[..54], name[56..])]);

        (tool.Aggregated, Routes(first).ByName.ContainsKey(name)).ShouldBe((name, true));
        Routes(next).Tools.All(now => Routes(next).ByName[now.Aggregated] == now).ShouldBeTrue();
        Routes(next).Tools.Select(now => now.Aggregated).ShouldNotContain(name);
    }

    [Fact]
    public void Beyond_the_tenants_bound_definitions_are_made_for_each_list_and_a_set_without_room_is_not_served()
    {
        var terms = SetBench.Terms(new SetMember("a")) with { Overrides = [.. Words.Select(word => new SetOverride("a", $"{word}_thing", Description: "Other words."))], Disclosure = ToolSetDisclosure.On };
        var unbound = Routes(Compile(RegistryState.Empty, [Server("a")], Set("one", terms))).Sets["one"];
        var lists = (Words.Length * SetMemory.PerItem) + SetMemory.OfSearch([unbound.Tools[0].Server], unbound.Tools.Select(tool => tool.Tool));

        var state = Compile(RegistryState.Empty, [Server("a")], lists + 10, Set("one", terms), Set("two", terms));

        Routes(state).SetsLeftOut.ShouldBe(["two"]);
        Routes(state).Sets.Keys.ShouldBe(["one"]);
        Equal(Routes(state).Sets["one"], unbound, "one");
        IsSame(Routes(state).Sets["one"].Tools[0].AggregatedDefinition, Routes(state).Sets["one"].Tools[0].AggregatedDefinition).ShouldBeFalse("it is not held");
        IsSame(unbound.Tools[0].AggregatedDefinition, unbound.Tools[0].AggregatedDefinition).ShouldBeTrue();
        Routes(Compile(state, [Server("a")], lists + 10, Set("two", terms))).Sets.Keys.ShouldBe(["two"], "there is room now");
    }

    [Fact]
    public void That_a_set_is_left_out_is_said_once()
    {
        using var folder = new TempFolder();
        var observer = new RecordingObserver();
        var store = new GatewayStateStore(new SnapshotFiles(folder.Path, TimeProvider.System), observer, TimeProvider.System, LimitDefaults.Default with { SetBytes = 10 });
        var snapshot = Snapshots.Registry(1, Server("a")) with { ToolSets = [Set("one", new SetMember("a"))] };

        store.OfferRegistry(Snapshots.Bytes(snapshot));
        store.Saw(snapshot.Servers[0].TenantId, snapshot.Servers[0].ServerId, [.. snapshot.Servers[0].Tools.Skip(1)], new ServerOffer(null, null, [], [], [])).ShouldBeTrue();
        store.OfferRegistry(Snapshots.Bytes(snapshot with { Version = 2 }));

        observer.Events.Count(told => told == "one left out").ShouldBe(1);
    }

    private static void Equal(ToolSetRoute now, ToolSetRoute anew, string where)
    {
        Seen(now.Tools).ShouldBe(Seen(anew.Tools), where);
        (now.ToolsHash, now.PromptsHash, now.ResourcesHash, now.Pinned.Length, now.ByName.Count).ShouldBe((anew.ToolsHash, anew.PromptsHash, anew.ResourcesHash, anew.Pinned.Length, anew.ByName.Count), where);
        foreach (var query in now.Search is null ? [] : (string[])["list thing", "words 3 read", "a b drop", "nothing"])
        {
            now.Search!.Find(query, 20, _ => true).Select(tool => tool.Aggregated).ShouldBe(Ranked(now.Tools, query), $"{where}, {query}");
        }
    }

    private static IEnumerable<string> Seen(IEnumerable<SetTool> tools) =>
        tools.Select(tool => $"{tool.Aggregated} {tool.Server.Slug} {tool.Tokens} {tool.IsPinned} {string.Join(',', tool.Fixed?.Names ?? [])} {Encoding.UTF8.GetString(tool.AggregatedDefinition.Span)}");

    /// <summary>BM25 as books have it, over the tools as the set shows them.</summary>
    private static IEnumerable<string> Ranked(SetTool[] tools, string query)
    {
        var index = TermIndex.Of(tools.Select(tool => (tool.Aggregated, tool.AggregatedDefinition)));
        var average = Math.Max(1, tools.Length == 0 ? 1 : (float)Enumerable.Range(0, tools.Length).Average(i => (double)index.LengthOf(i)));
        var scores = new float[tools.Length];
        foreach (var word in SearchTerms.Of(query).Distinct())
        {
            var places = index.PlacesOf(word).ToArray();
            var rarity = MathF.Log(1 + ((tools.Length - places.Length + 0.5f) / (places.Length + 0.5f)));
            foreach (var (item, weight) in places)
            {
                scores[item] += rarity * weight * (1.2f + 1) / (weight + (1.2f * (1 - 0.6f + (0.6f * index.LengthOf(item) / average))));
            }
        }

        return tools.Select((tool, i) => (tool.Aggregated, Score: scores[i])).Where(tool => tool.Score > 0).OrderByDescending(tool => tool.Score).Select(tool => tool.Aggregated);
    }

    private static bool IsSame(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b) =>
        MemoryMarshal.TryGetArray(a, out var x) && MemoryMarshal.TryGetArray(b, out var y) && ReferenceEquals(x.Array, y.Array);

    private static TenantRoutes Routes(RegistryState state) => state.RoutesOf(DefaultTenant.Id);

    private static RegistryState Compile(RegistryState previous, ServerEntry[] servers, params ToolSetEntry[] sets) => Compile(previous, servers, SetMemory.Default, sets);

    /// <summary>Of a snapshot that was read anew, as each one is.</summary>
    private static RegistryState Compile(RegistryState previous, ServerEntry[] servers, long setBytes, params ToolSetEntry[] sets)
    {
        var snapshot = new RegistrySnapshot(previous.Version + 1, DateTimeOffset.UnixEpoch, servers, ToolSets: sets);
        var read = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(snapshot, SnapshotJson.Default.RegistrySnapshot), SnapshotJson.Default.RegistrySnapshot)!;
        return RegistryState.Compile(read, previous, LimitDefaults.Default with { SetBytes = setBytes });
    }

    private static ToolSetEntry Set(string slug, params SetMember[] members) => Set(slug, SetBench.Terms(members));

    private static ToolSetEntry Set(string slug, ToolSetTerms terms) => new(new Guid(slug.GetHashCode(StringComparison.Ordinal), 0, 0, new byte[8]), DefaultTenant.Id, slug, 1, terms);

    private static ServerEntry Server(string slug) => Snapshots.Server(slug) with { Tools = [.. Words.Select(word => Tool($"{word}_thing", $"{slug} {word} thing"))] };

    private static ToolDefinition Tool(string name, string description) =>
        new(name, $"{name} {description}", SetBench.Json($$$$$"""{"name":"{{{{{name}}}}}","description":"{{{{{description}}}}}","inputSchema":{"type":"object","properties":{"f":{},"{{{{{name[..4]}}}}}":{}}}}"""));

    private static ServerOffer Offer(string prompt) => new(null, null, [new(prompt, SetBench.Json($$"""{"name":"{{prompt}}"}"""))], [], []);

    private static ToolSetTerms Terms(Random random) => SetBench.Terms([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(4) == 0
        ? new SetMember(Tag: "blue")
        : new SetMember(random.Next(2) == 0 ? "*" : Pick(random, Slugs), Tools: random.Next(2) == 0 ? null : [$"{Pick(random, Words)}*", "read*"]))]) with
    {
        Disclosure = random.Next(3) == 0 ? ToolSetDisclosure.Off : ToolSetDisclosure.On,
        Naming = random.Next(2) == 0 ? ToolSetNaming.Own : ToolSetNaming.Qualified,
        Pinned = [$"{Pick(random, Slugs)}/*"],
        Exclude = random.Next(2) == 0 ? null : [$"{Pick(random, Words)}_*"],
        Overrides = random.Next(2) == 0 ? null :
            [new SetOverride(Pick(random, Slugs), $"{Pick(random, Words)}_thing", Rename: $"{Pick(random, Words)}_thing", Description: "other words", Arguments: new Dictionary<string, JsonElement> { ["f"] = SetBench.Json("1") })],
    };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
