using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What the registry knows of tools: found by words, by server, page by page.</summary>
public abstract class CatalogScenarios(SharedPlatform shared)
{
    [Fact]
    public async Task Tools_are_found_by_words_of_their_name_or_description()
    {
        var steps = await shared.Get();

        (await Names(steps, "q=deletes+thing&server=up")).ShouldBe(["delete_thing"]);
        (await Names(steps, "q=echo&server=up")).ShouldBe(["echo"]);
        (await Names(steps, "q=nothingofthatkind")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("server=up")]
    [InlineData("server=up&q=answers+or+deletes+or+waits")]
    public async Task Page_by_page_every_tool_comes_once(string query)
    {
        var steps = await shared.Get();
        var names = new List<string>();
        var cursor = "";

        // Bounded: there are three tools.
        for (var page = 0; page < 4 && cursor is not null; page++)
        {
            var json = (await steps.Admin.Get($"/api/v1/tools?{query}&limit=1&cursor={cursor}")).Expect(HttpStatusCode.OK).Json;
            names.AddRange(json["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>()));
            cursor = json["next_cursor"]?.GetValue<string>();
        }

        names.ShouldBe(["delete_thing", "echo", "slow"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_tool_is_shown_as_its_server_defines_it()
    {
        var steps = await shared.Get();

        var tool = (await steps.Admin.Get("/api/v1/tools/up/echo")).Expect(HttpStatusCode.OK).Json;

        tool["definition"]!["annotations"]!["readOnlyHint"]!.GetValue<bool>().ShouldBeTrue();
        tool["hash"]!.GetValue<string>().Length.ShouldBe(64);
        (await steps.Admin.Get("/api/v1/tools/up/nope")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_unhealthy_and_says_why()
    {
        var steps = await shared.Get();
        var port = Shell.FreePorts(1)[0];
        var id = (await steps.Admin.Post("/api/v1/servers", new { slug = "dead", transport = "http", url = $"http://127.0.0.1:{port}/mcp", allow_private_address = true })).Expect(HttpStatusCode.Created).Json["id"];

        var seen = (await steps.Admin.Post($"/api/v1/servers/{id}/discover", new { })).Expect(HttpStatusCode.OK).Json;

        seen["health"]!.GetValue<string>().ShouldBe("unhealthy");
        seen["health_message"]!.GetValue<string>().ShouldContain("connect_failed");
    }

    [Fact]
    public async Task A_private_address_that_nobody_allowed_is_not_connected_to()
    {
        var steps = await shared.Get();
        var id = (await steps.Admin.Post("/api/v1/servers", new { slug = "not-allowed", transport = "http", url = steps.Upstream.Address.ToString() })).Expect(HttpStatusCode.Created).Json["id"];

        var seen = (await steps.Admin.Post($"/api/v1/servers/{id}/discover", new { })).Expect(HttpStatusCode.OK).Json;

        seen["health_message"]!.GetValue<string>().ShouldContain("egress_denied");
        (await steps.Admin.Get("/api/v1/tools?server=not-allowed")).Json["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_elses_change_is_not_overwritten()
    {
        var steps = await shared.Get();
        var server = (await steps.Admin.Post("/api/v1/servers", new { slug = "edited", transport = "http", url = "https://example.com/mcp", enabled = false })).Expect(HttpStatusCode.Created);
        var tag = server.Headers["ETag"];

        (await steps.Admin.Send(HttpMethod.Patch, "/api/v1/servers/edited", new { title = "One" }, ("If-Match", tag))).Expect(HttpStatusCode.OK);
        var late = await steps.Admin.Send(HttpMethod.Patch, "/api/v1/servers/edited", new { title = "Two" }, ("If-Match", tag));

        (late.Status, late.ErrorCode).ShouldBe((HttpStatusCode.PreconditionFailed, "servers.changed"));
        (await steps.Admin.Get("/api/v1/servers/edited")).Json["title"]!.GetValue<string>().ShouldBe("One");
    }

    private static async Task<string[]> Names(Steps steps, string query) =>
        [.. (await steps.Admin.Get($"/api/v1/tools?{query}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray().Select(t => t!["name"]!.GetValue<string>())];
}
