using System.Text.Json.Nodes;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Caching;

public sealed class CachedCallTests : IAsyncDisposable
{
    private readonly CacheScene _scene = new();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_declared_tool_is_asked_once_for_the_same_arguments_however_they_are_written_and_records_say_how()
    {
        (await _scene.Call("look", """{"a":1,"b":[1.0,"ä"]}""")).ShouldSatisfyAllConditions(s => s.Text.ShouldBe("1"), s => s.Use.ShouldBe(CacheUse.Miss), s => s.Note!.IsStored.ShouldBeTrue());
        _scene.Time.Advance(TimeSpan.FromSeconds(7));

        var hit = await _scene.Call("look", """{ "b":[1,"\u00e4"], "a":1e0 }""".Replace("1e0", "1.0"));

        hit.ShouldSatisfyAllConditions(
            s => s.Text.ShouldBe("1"),
            s => s.Note.ShouldBe(new CacheNote(CacheUse.Hit, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(53))),
            s => s.Result!["_meta"]!["mcpplatform/cache"]!.ToJsonString().ShouldBe("""{"status":"hit","ageMs":7000}"""),
            s => s.Result!.ContainsKey("ttlMs").ShouldBeFalse());
        (await _scene.Call("look", """{"a":2}""")).Text.ShouldBe("2");
        _scene.Received.Count.ShouldBe(2);
        _scene.Records().Select(r => (r.Status, r.Cache, r.Tool)).ShouldBe([("ok", "miss", "look"), ("ok", "hit", "look"), ("ok", "miss", "look")]);
    }

    [Fact]
    public async Task What_is_kept_ends_with_its_time_and_a_servers_shorter_word_counts()
    {
        _scene.Answer = (_, n, _) => Task.FromResult(With(n, """{"ttlMs":5000}"""));
        await _scene.Call("look");
        _scene.Time.Advance(TimeSpan.FromSeconds(4));
        var late = await _scene.Call("look");
        (late.Text, (int)late.Result!["ttlMs"]!).ShouldBe(("1", 1000));
        _scene.Time.Advance(TimeSpan.FromSeconds(1));
        (await _scene.Call("look")).Text.ShouldBe("2");
    }

    [Theory]
    [InlineData("""{"isError":true}"""), InlineData("""{"resultType":"input_required","inputRequests":{}}"""), InlineData("""{"resultType":"task"}"""), InlineData("""{"task":{"taskId":"x"}}""")]
    [InlineData("""{"code":-32602,"message":"no"}""")]
    public async Task Errors_questions_and_tasks_are_never_kept(string more)
    {
        _scene.Answer = (_, n, _) => Task.FromResult(With(n, more));
        await _scene.Call("look");
        await _scene.Call("look");

        (_scene.Received.Count, _scene.Cache.Statistics.Entries).ShouldBe((2, 0));
    }

    [Fact]
    public async Task What_has_its_own_journey_goes_to_the_server_each_time()
    {
        foreach (var more in new[] { ",\"task\":{}", ",\"inputResponses\":{}" })
        {
            await _scene.Call("look", more: more);
            await _scene.Call("look", more: more);
        }

        (_scene.Received.Count, _scene.Cache.Statistics.Entries).ShouldBe((4, 0));
    }

    [Fact]
    public async Task What_only_names_client_trace_and_progress_is_not_asked_and_other_meta_is()
    {
        const string Meta = ",\"_meta\":{\"traceparent\":\"00-TRACE-01\",\"progressToken\":\"TRACE\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"TRACE\"},\"io.modelcontextprotocol/clientCapabilities\":{}MORE}";
        await _scene.Call("look", more: Meta.Replace("TRACE", "a").Replace("MORE", ""));

        (await _scene.Call("look", more: Meta.Replace("TRACE", "b").Replace("MORE", ""))).Use.ShouldBe(CacheUse.Hit);
        (await _scene.Call("look", more: Meta.Replace("TRACE", "a").Replace("MORE", ",\"org.example/tenant\":1"))).Use.ShouldBe(CacheUse.Miss);
    }

    [Fact]
    public async Task Numbers_that_no_double_tells_apart_are_two_questions()
    {
        await _scene.Call("look", """{"id":9007199254740993}""");

        (await _scene.Call("look", """{"id":9007199254740992}""")).Use.ShouldBe(CacheUse.Miss);
        (await _scene.Call("look", """{"id":9007199254740993}""")).Use.ShouldBe(CacheUse.Hit);
    }

    [Fact]
    public async Task A_tool_that_may_write_is_kept_by_its_name_only_and_one_that_nobody_declared_never()
    {
        await _scene.Call("shared_read");
        await _scene.Call("shared_write");
        await _scene.Call("write");
        (await _scene.Call("shared_read")).Use.ShouldBe(CacheUse.Hit);
        (await _scene.Call("shared_write")).Note.ShouldBeNull();
        (await _scene.Call("write")).Note.ShouldBeNull();

        _scene.UseServers(new ServerCache(["write"], 1000));
        await _scene.Call("write");
        (await _scene.Call("write")).Use.ShouldBe(CacheUse.Hit);
    }

    [Fact]
    public async Task A_principals_results_are_its_own_and_a_tenants_are_everybodys_who_may_call()
    {
        await _scene.Call("look");
        (await _scene.Call("look", subject: "bob")).Text.ShouldBe("2");

        _scene.UseServers(new ServerCache(["look", "shared_read"], 60_000, "tenant"));
        (await _scene.Call("look")).Text.ShouldBe("3");
        (await _scene.Call("look", subject: "bob")).ShouldSatisfyAllConditions(s => s.Text.ShouldBe("3"), s => s.Use.ShouldBe(CacheUse.Hit));
        (await _scene.Call("look", subject: "guest")).Text.ShouldBe("3");
        await _scene.Call("shared_read");
        (await _scene.Call("shared_read", subject: "guest")).ShouldSatisfyAllConditions(s => s.Refusal.ShouldNotBeNull(), s => s.Note.ShouldBeNull());
        (await _scene.Call("look", tenant: CacheScene.Other)).Use.ShouldBe(CacheUse.Miss);
    }

    [Fact]
    public async Task A_servers_private_makes_a_shared_tools_result_its_callers_alone()
    {
        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"));
        _scene.Answer = (_, n, _) => Task.FromResult(With(n, """{"cacheScope":"private"}"""));
        await _scene.Call("look");

        (await _scene.Call("look", subject: "bob")).Text.ShouldBe("2");
        (await _scene.Call("look")).Text.ShouldBe("1");
    }

    [Theory]
    [InlineData("""{"ttlMs":1000,"cacheScope":"private"}""", 1, 2), InlineData("""{"ttlMs":1000,"cacheScope":"public"}""", 1, 1), InlineData("""{"ttlMs":1000}""", 1, 2)]
    [InlineData("""{"ttlMs":0,"cacheScope":"public"}""", 2, 3), InlineData("""{}""", 2, 3), InlineData("""{"ttlMs":-5}""", 2, 3), InlineData("""{"ttlMs":"1000"}""", 2, 3)]
    public async Task Resources_and_prompts_are_kept_as_their_server_says(string says, int forAlice, int forBob)
    {
        foreach (var (method, target) in new[] { (McpMethods.ReadResource, "kb://a"), (McpMethods.GetPrompt, "hello") })
        {
            var before = _scene.Received.Count;
            _scene.Answer = (_, n, _) => Task.FromResult(With(n - before, says));
            await _scene.Call(target, method: method);
            (await _scene.Call(target, method: method)).Text.ShouldBe($"{forAlice}", method);
            (await _scene.Call(target, subject: "bob", method: method)).Text.ShouldBe($"{forBob}", method);
        }
    }

    [Fact]
    public async Task Who_loses_the_right_gets_nothing_that_is_kept()
    {
        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"));
        await _scene.Call("look");
        (await _scene.Call("look", subject: "bob")).Use.ShouldBe(CacheUse.Hit);

        _scene.Bar("bob");

        (await _scene.Call("look", subject: "bob")).ShouldSatisfyAllConditions(s => s.Refusal.ShouldNotBeNull(), s => s.Result.ShouldBeNull());
        (await _scene.Call("look")).Use.ShouldBe(CacheUse.Hit);
    }

    [Fact]
    public async Task Whatever_changes_of_a_server_makes_it_forget_and_orders_do_as_well()
    {
        await _scene.Call("look");
        await _scene.Call("shared_read");
        _scene.UseServers();
        (await _scene.Call("look")).Use.ShouldBe(CacheUse.Hit);

        await Forgotten(() => _scene.UseServers(change: e => e with { Environment = "prod" }));
        await Forgotten(() => _scene.UseServers(change: e => e with { Connection = e.Connection with { Url = "http://127.0.0.1:2/mcp" } }));
        await Forgotten(() => _scene.UseServers(change: e => e with { Tools = [.. e.Tools, Snapshots.Tool("new")] }));
        await Forgotten(() => _scene.UseServers(change: e => e with { CacheClears = new CacheClears(1) }));
        await Forgotten(() => _scene.Cache.Changed(_scene.Route()));

        _scene.UseServers();
        await _scene.Call("look");
        await _scene.Call("shared_read");
        _scene.UseServers(change: e => e with { CacheClears = new CacheClears(0, new Dictionary<string, int> { ["look"] = 1 }) });
        (await _scene.Call("shared_read")).Use.ShouldBe(CacheUse.Hit);
        (await _scene.Call("look")).Use.ShouldBe(CacheUse.Miss);
    }

    [Fact]
    public async Task A_resource_that_changed_is_read_again_and_others_are_not_even_when_it_was_under_way()
    {
        _scene.Answer = (_, n, _) => Task.FromResult(With(n, """{"ttlMs":60000}"""));
        await _scene.Read("kb://a");
        await _scene.Read("kb://b");
        _scene.Cache.Updated(_scene.Route(), "kb://a");
        (await _scene.Read("kb://a")).Text.ShouldBe("3");
        (await _scene.Read("kb://b")).Text.ShouldBe("2");

        _scene.Answer = (_, n, _) =>
        {
            _scene.Cache.Updated(_scene.Route(), "kb://c");
            return Task.FromResult(With(n, """{"ttlMs":60000}"""));
        };
        await _scene.Read("kb://c");
        (await _scene.Read("kb://c")).Use.ShouldNotBe(CacheUse.Hit);
    }

    [Fact]
    public async Task A_process_that_remembers_sessions_is_never_kept_and_one_of_a_principal_not_shared()
    {
        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"), e => Stdio(e, "session"));
        await _scene.Call("look");
        (await _scene.Call("look")).Note.ShouldBeNull();

        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"), e => Stdio(e, "principal"));
        await _scene.Call("look");
        (await _scene.Call("look")).Use.ShouldBe(CacheUse.Hit);
        (await _scene.Call("look", subject: "bob")).Use.ShouldBe(CacheUse.Miss);
    }

    [Fact]
    public async Task A_hit_takes_nothing_of_the_servers_rate_and_says_nothing_of_its_credentials()
    {
        _scene.UseServers(change: e => e with { Limits = new ServerLimits(new CallRate(0.01, 1)) });
        _scene.Secrets = new KnownSecrets([KeyValuePair.Create("Authorization", "Bearer upstream-credential")]);
        _scene.Answer = (_, n, _) => Task.FromResult(With(n, """{"echo":"upstream-credential"}"""));
        await _scene.Call("look");

        (await _scene.Call("look")).ShouldSatisfyAllConditions(s => s.Text.ShouldBe("1"), s => ((string)s.Result!["echo"]!).ShouldBe("*******************"));
        (await _scene.Call("look", """{"x":1}""")).Refusal.ShouldBe("rate_limited");
    }

    [Fact]
    public async Task Legacy_sessions_at_a_legacy_server_have_their_own_unless_a_tenant_shares()
    {
        static ServerEntry Legacy(ServerEntry e) => e with { Offer = e.Offer! with { Legacy = new ServerFace("2025-11-25", null, null), Modern = null } };
        _scene.UseServers(change: Legacy);
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        await _scene.Call("look", version: ProtocolVersion.November2025, session: one);
        (await _scene.Call("look", version: ProtocolVersion.November2025, session: one)).Use.ShouldBe(CacheUse.Hit);
        (await _scene.Call("look", version: ProtocolVersion.November2025, session: two)).Use.ShouldBe(CacheUse.Miss);

        _scene.UseServers(new ServerCache(["look"], 60_000, "tenant"), Legacy);
        await _scene.Call("look", version: ProtocolVersion.November2025, session: one);
        (await _scene.Call("look", version: ProtocolVersion.November2025, session: two)).Use.ShouldBe(CacheUse.Hit);
    }

    private static ServerEntry Stdio(ServerEntry entry, string scope) => entry with { Connection = new ServerConnection("stdio", null, "kb", false, [], [], Process: new ServerProcess(scope)) };

    private static JsonObject With(int n, string more)
    {
        var (result, added) = (CacheScene.Text(n), JsonNode.Parse(more)!.AsObject());
        foreach (var (name, value) in added)
        {
            result[name] = value?.DeepClone();
        }

        return result;
    }

    private async Task Forgotten(Action change)
    {
        _scene.UseServers();
        await _scene.Call("look");
        var before = _scene.Cache.StatisticsOf(DefaultTenant.Id);
        before.Entries.ShouldBeGreaterThan(0);

        change();

        _scene.Cache.StatisticsOf(DefaultTenant.Id).ShouldSatisfyAllConditions(s => s.Entries.ShouldBe(0), s => s.Bytes.ShouldBe(0), s => s.Invalidated.ShouldBeGreaterThan(before.Invalidated));
        (await _scene.Call("look")).Use.ShouldBe(CacheUse.Miss);
    }
}
