using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios.Wire;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Servers that get their definitions wrong, and clients that cannot take everything.</summary>
public abstract class ProfileScenarios(SharedPlatform shared)
{
    private static readonly string Long = "a-tool-whose-name-is-longer-than-that-client-takes-by-far-and-more";

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task A_tool_with_common_mistakes_is_listed_repaired_and_works_and_the_api_says_what_was_repaired(string version)
    {
        var steps = await shared.Get();
        await using var upstream = await WireUpstream.Start(isModern: version == WireClient.Modern);
        upstream.Tool("broken", Say, ""","description":null""", """{"properties":{"a":{"type":"string","required":true}},"required":["gone"]}""");
        upstream.Tool("right", Say, ""","x":1.50""");
        var slug = await Register(steps, upstream);
        using var client = await new WireClient(steps.McpOf(slug), steps.Platform.AdminKey, version).Open();

        await using var page = await client.Send("tools/list");
        var text = (await page.Answer()).Text;

        text.ShouldContain(upstream.Lists["tools"]["right"], Case.Sensitive, "what is right comes byte for byte");
        var broken = JsonNode.Parse(text)!["result"]!["tools"]!.AsArray().Single(tool => tool!["name"]!.GetValue<string>() == "broken")!;
        JsonNode.DeepEquals(broken["inputSchema"], JsonNode.Parse("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""")).ShouldBeTrue(broken.ToJsonString());
        await using var call = await client.Call("broken", """{"a":"x"}""");
        (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().ShouldBe("said");

        var details = (await steps.Admin.Get($"/api/v1/tools/{slug}/broken")).Expect(HttpStatusCode.OK).Json;
        details["repairs"]!.AsArray().Count.ShouldBeGreaterThan(2);
        details["definition"]!["description"].ShouldBeNull();
        details["definition"]!.AsObject().ContainsKey("description").ShouldBeTrue("the original is kept");
        (await steps.Admin.Get($"/api/v1/tools/{slug}/right")).Json["repairs"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(WireClient.Modern, "header"), InlineData(WireClient.Modern, "key"), InlineData(WireClient.Modern, "info")]
    [InlineData(WireClient.Legacy, "header"), InlineData(WireClient.Legacy, "key"), InlineData(WireClient.Legacy, "info")]
    public async Task A_client_gets_names_it_can_take_and_calls_by_them_whichever_way_its_profile_is_known(string version, string way)
    {
        var steps = await shared.Get();
        await using var upstream = await WireUpstream.Start(isModern: version == WireClient.Modern);
        upstream.Tool(Long, Say);
        upstream.Tool("short", Say);

        // Called as the long one will be by this client.
        var made = $"{Long[..43]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Long)))[..16]}";
        upstream.Tool(made, Say);
        var slug = await Register(steps, upstream);
        var key = way == "key" ? await KeyOf(steps, "cursor") : steps.Platform.AdminKey;
        (string, string)[] headers = way == "header" ? [("Mcp-Client-Profile", "cursor")] : [];
        using var client = await new WireClient(steps.McpOf(slug), key, version, name: way == "info" ? "cursor-vscode" : "wire").Open();

        await using var page = await client.Send("tools/list", headers: headers);
        var names = (await page.Answer()).Result["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>()).ToList();

        names.ShouldContain("short");
        names.ShouldAllBe(name => name.Length <= 60);
        names.Count.ShouldBe(3);
        names.ShouldContain(made);
        foreach (var name in (string[])[made, Long])
        {
            await using var call = await client.Call(name, headers: headers);
            (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().ShouldBe("said", name);
        }

        upstream.Calls(Long).Count.ShouldBe(2, "the server knows its own name alone");
        upstream.Calls(made).ShouldBeEmpty("a name never moves to a tool that is called so");
        if (way != "header")
        {
            // The header outranks key and client; the plain profile is one too.
            await using var plain = await client.Send("tools/list", headers: [("Mcp-Client-Profile", "default")]);
            (await plain.Answer()).Result["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>()).ShouldContain(Long);
        }
    }

    [Fact]
    public async Task A_profile_that_nobody_knows_is_refused_by_name_and_one_without_has_what_it_had()
    {
        var steps = await shared.Get();
        await using var upstream = await WireUpstream.Start(isModern: true);
        upstream.Tool(Long, Say, ""","x":1.50""");
        var slug = await Register(steps, upstream);
        using var client = new WireClient(steps.McpOf(slug), steps.Platform.AdminKey, WireClient.Modern);

        await using var refused = await client.Send("tools/list", headers: [("Mcp-Client-Profile", "nobody")]);
        refused.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Answer()).Text.ShouldContain("cursor");

        await using var page = await client.Send("tools/list");
        (await page.Answer()).Text.ShouldContain(upstream.Lists["tools"][Long]);
    }

    [Fact]
    public async Task A_list_for_a_client_with_a_cap_ends_there_says_so_and_leaves_the_rest_callable()
    {
        var steps = await shared.Get();
        await using var upstream = await WireUpstream.Start(isModern: true);
        foreach (var i in Enumerable.Range(0, 45))
        {
            upstream.Tool($"t{i:d2}", Say);
        }

        var slug = await Register(steps, upstream);
        using var client = new WireClient(steps.McpOf(slug), steps.Platform.AdminKey, WireClient.Modern, name: "Cursor");

        await using var page = await client.Send("tools/list");
        var result = (await page.Answer()).Result;
        result["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>()).ShouldBe(Enumerable.Range(0, 40).Select(i => $"t{i:d2}"));
        result["_meta"]!["mcpplatform/omittedTools"]!.GetValue<int>().ShouldBe(5);
        await using var call = await client.Call("t44");
        (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().ShouldBe("said");
    }

    private static Task<string> Say(WireCall call) => Task.FromResult(WireTools.Text("said"));

    private static async Task<string> Register(Steps steps, WireUpstream upstream)
    {
        var slug = $"p{Guid.NewGuid():n}"[..12];
        await steps.RegisterHttp(slug, upstream.Address);
        return slug;
    }

    private static async Task<string> KeyOf(Steps steps, string profile)
    {
        var key = await steps.KeyFor($"p{Guid.NewGuid():n}"[..12], "admin");
        (await steps.Admin.Send(HttpMethod.Patch, $"/api/v1/keys/{key.Id}", new { client_profile = profile, rate = 10_000, burst = 10_000 })).Expect(HttpStatusCode.OK)
            .Json["client_profile"]!.GetValue<string>().ShouldBe(profile);
        await steps.OnEveryGateway(
            async gateway =>
            {
                using var caller = new ModernCaller(new Uri(gateway, "/mcp"), key.Text);
                return (await caller.Request("tools/list")).Headers["RateLimit-Limit"] == "10000";
            },
            Steps.Propagation);
        return key.Text;
    }
}
