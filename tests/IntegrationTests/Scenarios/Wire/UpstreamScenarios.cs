using System.Text;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>The gateway as a client of servers: what it sends them, and what it takes from them.</summary>
public abstract class UpstreamScenarios(SharedPlatform shared, WireBench wire)
{
    private const string Region = """{"type":"object","properties":{"at":{"type":"string","x-mcp-header":"Region"}}}""";
    private const string Zone = """{"type":"object","properties":{"at":{"type":"string","x-mcp-header":"Zone"}}}""";

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task A_modern_server_gets_every_header_that_mirrors_the_body_whatever_the_client_sent(string version)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, Bench.ModernSlug);
        (string, string)[] own = client.IsModern ? [("Mcp-Param-Region", $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes("é"))}?="), ("Mcp-Param-Size", "42"), ("Mcp-Param-Fast", "false")] : [];

        await using var call = await client.Call("mirrored", """{"region":"é","size":42,"fast":false}""", headers: own);

        (await call.Answer()).Result.ShouldNotBeNull();
        var got = bench.Modern.Calls("mirrored").Last(c => c.Argument("size")?.GetRawText() == "42" && c.Argument("fast") is not null);
        (WireCall.Decoded(got.Headers["Mcp-Param-Region"]), got.Headers["Mcp-Param-Size"], got.Headers["Mcp-Param-Fast"]).ShouldBe(("é", "42", "false"));
        (got.Headers["Mcp-Method"], got.Headers["Mcp-Name"], got.Headers["MCP-Protocol-Version"]).ShouldBe(("tools/call", "mirrored", "2026-07-28"));
        bench.Modern.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_legacy_server_sees_nothing_of_the_modern_era()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.LegacySlug);
        var marker = $"\"{Guid.NewGuid():n}\"";

        await using var call = await client.Call("raw", $$"""{"marker":{{marker}}}""", meta: "\"com.example/own\":1,\"io.modelcontextprotocol/logLevel\":\"error\"");

        (await call.Answer()).Result.ShouldNotBeNull();
        var got = bench.Legacy.Calls("raw").Single(c => c.Session is not null && c.Argument("marker")?.GetRawText() == marker);
        got.Params.ShouldNotContain("io.modelcontextprotocol/");
        got.Meta("com.example/own").ShouldBe("1");
        got.Headers.Keys.ShouldNotContain(name => name.StartsWith("Mcp-Method", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Mcp-Name", StringComparison.OrdinalIgnoreCase));
        got.Headers["MCP-Protocol-Version"].ShouldBe("2025-11-25");
    }

    [Fact]
    public async Task A_tool_whose_mirrored_headers_break_the_rules_is_left_out_and_the_log_says_so()
    {
        var bench = await wire.Get(shared);
        await using var upstream = await WireUpstream.Start(isModern: true);
        upstream.Tool("good", _ => Task.FromResult(WireTools.Text("good")), schema: Region);
        upstream.Tool("space", _ => Task.FromResult(WireTools.Text("bad")), schema: """{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"Bad Name"}}}""");
        upstream.Tool("number", _ => Task.FromResult(WireTools.Text("bad")), schema: """{"type":"object","properties":{"a":{"type":"number","x-mcp-header":"Number"}}}""");
        upstream.Tool("twice", _ => Task.FromResult(WireTools.Text("bad")), schema: """{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}}""");
        var slug = $"bad-{Guid.NewGuid():n}"[..20];
        await bench.Steps.RegisterHttp(slug, upstream.Address);

        foreach (var version in (string[])[WireClient.Modern, WireClient.Legacy])
        {
            using var client = await bench.Client(version, slug);
            await using var list = await client.Send("tools/list");
            (await list.Answer()).Result["tools"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()).ShouldBe(["good"]);
            await using var call = await client.Call("space");
            (await call.Answer()).ErrorCode.ShouldBe(-32602);
        }

        bench.Steps.Platform.Logs.ShouldContain($"3 items in the lists of server {slug} are left out");
    }

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task A_server_that_mirrors_other_arguments_by_now_is_looked_at_and_called_again_once(string version)
    {
        var bench = await wire.Get(shared);
        await using var upstream = await WireUpstream.Start(isModern: true);
        Moved(upstream, "moved", Region, "Mcp-Param-Region");
        Moved(upstream, "stubborn", Region, "Mcp-Param-Nowhere");
        var slug = $"moved-{Guid.NewGuid():n}"[..20];
        await bench.Steps.RegisterHttp(slug, upstream.Address);
        using var client = await bench.Client(version, slug);
        (string, string)[] own = client.IsModern ? [("Mcp-Param-Region", "here")] : [];

        Moved(upstream, "moved", Zone, "Mcp-Param-Zone");
        await using var call = await client.Call("moved", """{"at":"here"}""", headers: own);
        await using var refused = await client.Call("stubborn", """{"at":"here"}""", headers: own);

        (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().ShouldBe("here");
        upstream.Calls("moved").Count.ShouldBe(2);
        (await refused.Answer()).ErrorCode.ShouldBe(-32020);
        upstream.Calls("stubborn").Count.ShouldBe(1);
        await using var list = await client.Send("tools/list");
        (await list.Answer()).Text.ShouldContain("\"x-mcp-header\":\"Zone\"");
    }

    [Fact]
    public async Task A_result_without_its_type_is_complete()
    {
        var bench = await wire.Get(shared);
        await using var upstream = await WireUpstream.Start(isModern: true);
        // The helper leaves a result alone that has the word in it.
        upstream.Tool("plain", _ => Task.FromResult("""{"content":[],"structuredContent":{"resultType":"mine"}}"""));
        var slug = $"plain-{Guid.NewGuid():n}"[..20];
        await bench.Steps.RegisterHttp(slug, upstream.Address);
        using var client = await bench.Client(WireClient.Modern, slug);

        await using var call = await client.Call("plain");

        var result = (await call.Answer()).Result;
        (result["resultType"]!.GetValue<string>(), result["structuredContent"]!["resultType"]!.GetValue<string>()).ShouldBe(("complete", "mine"));
    }

    private static void Moved(WireUpstream upstream, string tool, string schema, string header) => upstream.Tool(
        tool,
        call => call.Headers.TryGetValue(header, out var value) ? Task.FromResult(WireTools.Text(value)) : throw new WireRefusal(-32020, "Header mismatch", null, 400),
        schema: schema);
}
