using System.Text.Json.Nodes;
using McpPlatform.EndToEndTests.Wire;
using Shouldly;
using Xunit;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>
/// Servers of other people give the same definitions and answers through the gateway as directly, word for word, to clients of both eras. What may differ is in
/// <see cref="Transcript"/>, and in docs/agents.md.
/// </summary>
public sealed class RealServerTests(RunningPlatform running)
{
    private const string Legacy = "2025-11-25";

    [Theory]
    [InlineData("everything")]
    [InlineData("everything-own")]
    [InlineData("everything-http")]
    [InlineData("everything-sse")]
    [InlineData("filesystem")]
    [InlineData("memory")]
    [InlineData("thinking")]
    [InlineData("mongodb")]
    [InlineData("context7")]
    public async Task A_server_is_the_same_through_the_gateway_in_both_eras(string slug)
    {
        var server = running.Server(slug);
        var direct = await Directly(server, Legacy);
        var modern = server.IsDual ? await Directly(server, Conversation.Modern) : direct;

        var differences = direct.Differences(await Through(server, Legacy, server.Steps))
            .Concat(modern.Differences(await Through(server, Conversation.Modern, server.Steps.Where(step => server.CanAskBeside || !step.AsksBeside))))
            .ToList();

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    [Fact]
    public async Task A_legacy_client_that_cannot_be_asked_does_not_see_what_asks()
    {
        await using var direct = await running.Server("everything-http").Direct([], Legacy);
        await using var through = await HttpConversation.Start(new Uri(running.Platform.Address, "/mcp/servers/everything-http"), running.Key, [], Legacy);

        var names = await Names(through);

        names.ShouldBe(await Names(direct), ignoreOrder: true);
        names.ShouldNotContain("trigger-sampling-request");
        (await through.Request("tools/call", Sampling()))["error"]!["code"]!.GetValue<int>().ShouldBe(-32602);
    }

    [Fact]
    public async Task A_modern_client_sees_it_and_is_told_what_it_has_to_declare()
    {
        running.Server("everything-http");
        await using var unable = await HttpConversation.Start(new Uri(running.Platform.Address, "/mcp"), running.Key, [], Conversation.Modern);

        (await Names(unable)).ShouldContain("everything-http__trigger-sampling-request");
        (await Names(unable)).ShouldNotContain("everything-http__trigger-sampling-request-async");
        var refusal = (await unable.Request("tools/call", Sampling("everything-http__")))["error"]!;
        refusal["code"]!.GetValue<int>().ShouldBe(-32021);
        refusal["data"]!["requiredCapabilities"]!.ToJsonString().ShouldBe("""{"sampling":{}}""");
    }

    private static async Task<IEnumerable<string>> Names(Conversation conversation) => (await conversation.List("tools/list", "tools")).Select(tool => tool["name"]!.GetValue<string>());

    private static JsonObject Sampling(string prefix = "") => new() { ["name"] = $"{prefix}trigger-sampling-request", ["arguments"] = new JsonObject { ["prompt"] = "x" } };

    private static async Task<Transcript> Directly(RealServer server, string version)
    {
        await using var conversation = await server.Direct(Capabilities(server), version);
        return await Transcript.Of(conversation, server.Steps);
    }

    private async Task<Transcript> Through(RealServer server, string version, IEnumerable<Step> steps)
    {
        await using var conversation = await HttpConversation.Start(new Uri(running.Platform.Address, $"/mcp/servers/{server.Slug}"), running.Key, Capabilities(server), version);
        return await Transcript.Of(conversation, steps);
    }

    /// <summary>Where processes are shared, nobody is asked: a client that could be sees what one sees that could not.</summary>
    private static JsonObject Capabilities(RealServer server) => server.MayAsk
        ? new() { ["elicitation"] = new JsonObject { ["form"] = new JsonObject(), ["url"] = new JsonObject() }, ["sampling"] = new JsonObject(), ["roots"] = new JsonObject { ["listChanged"] = true } }
        : [];
}
