using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Searches in tool sets with an embedding provider: what is found, what the provider is asked, and what it costs when it is gone.</summary>
public abstract partial class MeasuredScenarios
{
    private const string Query = "rid of junk";

    [Fact]
    public async Task A_search_finds_what_is_about_the_same_and_goes_by_words_at_once_when_the_provider_is_gone()
    {
        var provider = measured.Embeddings;
        _upstream.Results["tools/list"] = _ => JsonNode.Parse("""
            {"tools":[
              {"name":"purge_entries","description":"Erases stored entries at once (SLUG).","inputSchema":{"type":"object","properties":{"older_than":{"type":"string"}}}},
              {"name":"show_entries","description":"Enumerates stored entries (SLUG).","inputSchema":{"type":"object"}},
              {"name":"count_entries","description":"Counts stored entries (SLUG).","inputSchema":{"type":"object"}}]}
            """.Replace("SLUG", _slug, StringComparison.Ordinal));
        await _steps.RegisterHttp(_slug, _upstream.Address);
        provider.Texts.ShouldNotContain(text => text.Contains(_slug, StringComparison.Ordinal), "no set that is searched holds it");
        var before = await Read();
        (await _steps.Admin.Post("/api/v1/tool-sets", new { slug = _slug, members = new[] { new { server = _slug } }, disclosure = "on", exclude = new[] { $"{_slug}/count_*" } })).Expect(HttpStatusCode.Created);
        var endpoint = new Uri(_steps.Platform.Address, $"/mcp/sets/{_slug}");
        using var caller = new ModernCaller(endpoint, _steps.Platform.AdminKey);
        var key = await _steps.KeyWith(_slug, new { id = "s", effect = "allow", actions = new[] { "tools:call" }, resources = new[] { $"tool:{_slug}/show_entries" } });
        using var limited = new ModernCaller(endpoint, key.Text);

        McpAnswer found = null!;
        await Until.True(async () => Ranking(found = await Search(caller, Query)) == "hybrid", TimeSpan.FromSeconds(20), () => $"Not by meaning: {found.Text}\n{_steps.Platform.Logs}");
        NamesOf(found).ShouldBe([$"{_slug}__purge_entries"]);
        NamesOf(await Search(caller, "overview")).ShouldBe([$"{_slug}__show_entries"]);
        NamesOf(await Search(caller, "stored entries")).Length.ShouldBe(2, "words find as before");
        (await Search(limited, Query)).ToolText.ShouldStartWith("Nothing matches");

        // Another snapshot, and the same search: nothing is embedded again.
        (await _steps.Admin.Send(HttpMethod.Patch, $"/api/v1/servers/{_slug}", new { title = "Another" })).Expect(HttpStatusCode.OK);
        await Until.True(async () => (await _steps.Admin.Get($"/api/v1/servers/{_slug}")).Json["title"]!.GetValue<string>() == "Another", Steps.Propagation);
        NamesOf(await Search(caller, Query)).ShouldBe([$"{_slug}__purge_entries"]);
        var texts = provider.Texts.ToList();
        texts.Where(text => text.Contains(_slug, StringComparison.Ordinal)).Order().ShouldBe([
            $"purge entries\nErases stored entries at once ({_slug}).\nolder than",
            $"show entries\nEnumerates stored entries ({_slug})."]);
        texts.Count(text => text == Query).ShouldBe(1, "of one tenant, it is kept");
        provider.Wrong.ShouldBeEmpty();
        var after = await Read();
        Difference(before, after, "mcpp.gateway.search.duration", "count", ("mcpp.ranking", "hybrid"), ("mcpp.embedding", "kept")).ShouldBeGreaterThanOrEqualTo(2);
        Difference(before, after, "mcpp.embeddings.requests", "value", ("mcpp.use", "queries")).ShouldBe(3);

        // The registry's, which the gateway shows with its own, but not as its own text.
        (after.Sum("mcpp.embeddings.tokens", "value", ("mcpp.use", "definitions")) - before.Sum("mcpp.embeddings.tokens", "value", ("mcpp.use", "definitions"))).ShouldBeGreaterThanOrEqualTo(14);

        provider.IsDown = true;
        for (var i = 0; i < 3; i++)
        {
            Ranking(await Search(caller, $"entries {i}")).ShouldBe("text");
        }

        var asked = provider.Texts.Count;
        for (var i = 3; i < 20; i++)
        {
            var answer = await Search(caller, $"entries {i}");
            (Ranking(answer), NamesOf(answer).Length).ShouldBe(("text", 2));
        }

        provider.Texts.Count.ShouldBe(asked, "it is left alone");
        Ranking(await Search(caller, Query)).ShouldBe("hybrid", "what is kept needs nobody");
        provider.IsDown = false;
        _steps.Platform.Logs.ShouldContain("searches in tool sets go by words alone");
        var last = await Read();
        (_steps.Platform.Logs + last.Json + last.Text + (await _steps.Admin.Get("/health")).Text).ShouldNotContain(TestEmbeddings.Key);
        (await _steps.Admin.Delete($"/api/v1/tool-sets/{_slug}")).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    private static Task<McpAnswer> Search(McpCaller caller, string query) => caller.Call("search_tools", new JsonObject { ["query"] = query });

    private static string? Ranking(McpAnswer answer) => (string?)answer.Message?["result"]?["_meta"]?["mcpplatform/ranking"];

    private static string[] NamesOf(McpAnswer answer) =>
        answer.ToolText.StartsWith('[') ? [.. JsonNode.Parse(answer.ToolText)!.AsArray().Select(tool => tool!["name"]!.GetValue<string>())] : [];
}
