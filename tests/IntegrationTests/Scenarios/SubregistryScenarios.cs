using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>The tenant's servers as the official MCP registry's API v0.1 has them.</summary>
public abstract class SubregistryScenarios(SharedPlatform shared)
{
    private const string Official = "io.modelcontextprotocol.registry/official";

    [Fact]
    public async Task A_server_is_found_by_its_name_and_reached_through_the_gateway_that_was_asked()
    {
        var steps = await shared.Get();
        foreach (var name in new[] { "local.mcpplatform%2Fup", "local.mcpplatform%2fup", "local.mcpplatform/up" })
        {
            var found = (await steps.Admin.Get($"/v0.1/servers/{name}/versions/latest")).Expect(HttpStatusCode.OK).Json;

            found["server"]!["name"]!.GetValue<string>().ShouldBe("local.mcpplatform/up");
            var remote = found["server"]!["remotes"]!.AsArray().Single(r => r!["type"]!.GetValue<string>() == "streamable-http")!;
            var address = new Uri(remote["url"]!.GetValue<string>());
            address.ShouldBe(new Uri(steps.Platform.Address, "/mcp/servers/up"));
            using var caller = new ModernCaller(address, steps.Platform.AdminKey);
            (await caller.ToolNames()).ShouldContain("echo");
            found["_meta"]![Official]!["status"]!.GetValue<string>().ShouldBe("active");
            found["_meta"]!["local.mcpplatform/registry"]!["toolCount"]!.GetValue<int>().ShouldBe(3);
        }

        var versions = (await steps.Admin.Get("/v0.1/servers/local.mcpplatform%2Fup/versions")).Expect(HttpStatusCode.OK).Json;
        var version = versions["servers"]!.AsArray().Single()!["server"]!["version"]!.GetValue<string>();
        (await steps.Admin.Get($"/v0.1/servers/local.mcpplatform%2Fup/versions/{version}")).Expect(HttpStatusCode.OK);
        (await steps.Admin.Get("/v0.1/servers/local.mcpplatform%2Fup/versions/9.9.9")).Expect(HttpStatusCode.NotFound).Json["error"]!.GetValue<string>().ShouldContain(version);
    }

    [Theory]
    [InlineData("/v0.1/servers/local.mcpplatform%2Fnothing/versions")]
    [InlineData("/v0.1/servers/com.example%2Fup/versions/latest")]
    [InlineData("/v0.1/servers/up/versions/latest")]
    [InlineData("/v0.1/servers/local.mcpplatform%2F/versions")]
    public async Task A_name_that_is_none_of_ours_is_not_found(string path)
    {
        var steps = await shared.Get();

        (await steps.Admin.Get(path)).Expect(HttpStatusCode.NotFound).Json["error"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Page_by_page_every_server_comes_once_and_a_search_finds_a_part_of_the_name()
    {
        var steps = await shared.Get();
        var mark = $"sub{Guid.NewGuid():n}"[..12];
        foreach (var n in Enumerable.Range(1, 3))
        {
            (await steps.Admin.Post("/api/v1/servers", new { slug = $"{mark}-{n}", transport = "http", url = "https://example.com/mcp" })).Expect(HttpStatusCode.Created);
        }

        var names = new List<string>();
        string? cursor = "";

        // Bounded: there are three.
        for (var page = 0; page < 4 && cursor is not null; page++)
        {
            var json = (await steps.Admin.Get($"/v0.1/servers?search={mark.ToUpperInvariant()}&limit=2&version=latest&cursor={cursor}")).Expect(HttpStatusCode.OK).Json;
            names.AddRange(json["servers"]!.AsArray().Select(s => s!["server"]!["name"]!.GetValue<string>()));
            cursor = json["metadata"]!["nextCursor"]?.GetValue<string>();
        }

        names.ShouldBe(Enumerable.Range(1, 3).Select(n => $"local.mcpplatform/{mark}-{n}"));
        foreach (var n in Enumerable.Range(1, 3))
        {
            await steps.Admin.Delete($"/api/v1/servers/{mark}-{n}");
        }
    }

    [Fact]
    public async Task Whoever_keeps_a_copy_learns_what_changed_and_what_is_gone()
    {
        var steps = await shared.Get();
        var slug = $"gone{Guid.NewGuid():n}"[..12];
        (await steps.Admin.Post("/api/v1/servers", new { slug, transport = "http", url = "https://example.com/mcp" })).Expect(HttpStatusCode.Created);
        var before = await Statuses("");
        before.ShouldBe([$"active {slug}"]);
        var since = Uri.EscapeDataString(DateTimeOffset.UtcNow.ToString("O"));

        (await steps.Admin.Delete($"/api/v1/servers/{slug}")).Expect(HttpStatusCode.NoContent);

        (await Statuses("")).ShouldBeEmpty();
        (await Statuses("&include_deleted=true")).ShouldBe([$"deleted {slug}"]);
        (await Statuses($"&updated_since={since}")).ShouldBe([$"deleted {slug}"]);
        (await Statuses("&updated_since=2100-01-01T00:00:00Z")).ShouldBeEmpty();
        (await steps.Admin.Get($"/v0.1/servers/local.mcpplatform%2F{slug}/versions/latest")).Status.ShouldBe(HttpStatusCode.NotFound);

        async Task<string[]> Statuses(string more) =>
        [
            .. (await steps.Admin.Get($"/v0.1/servers?search={slug}{more}")).Expect(HttpStatusCode.OK).Json["servers"]!.AsArray()
                .Select(s => $"{s!["_meta"]![Official]!["status"]} {s["server"]!["title"]}"),
        ];
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=many")]
    [InlineData("cursor=%21")]
    [InlineData("updated_since=yesterday")]
    [InlineData("include_deleted=perhaps")]
    public async Task A_question_that_makes_no_sense_is_400_and_says_why(string query)
    {
        var steps = await shared.Get();

        (await steps.Admin.Get($"/v0.1/servers?{query}")).Expect(HttpStatusCode.BadRequest).Json["error"]!.GetValue<string>().ShouldContain(query.Split('=')[0]);
    }

    [Fact]
    public async Task Nobody_publishes_here_and_nobody_reads_without_a_key()
    {
        var steps = await shared.Get();
        using var nobody = new ApiClient(steps.Platform.Address, "nobody");

        (await nobody.Get("/v0.1/servers")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await steps.Admin.Post("/v0.1/publish", new JsonObject())).Status.ShouldBe(HttpStatusCode.NotImplemented);
        (await steps.Admin.Delete("/v0.1/servers/local.mcpplatform%2Fup/versions/1.0.0")).Status.ShouldBe(HttpStatusCode.NotImplemented);
        (await steps.Admin.Get("/api/v1/servers/up")).Expect(HttpStatusCode.OK);
    }
}
