using System.Text.Json.Nodes;
using McpPlatform.EndToEndTests.Wire;
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

        var differences = direct.Differences(await Through(server, Legacy)).Concat(modern.Differences(await Through(server, Conversation.Modern))).ToList();

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    private static async Task<Transcript> Directly(RealServer server, string version)
    {
        await using var conversation = await server.Direct(Capabilities(server), version);
        return await Transcript.Of(conversation, server.Steps);
    }

    private async Task<Transcript> Through(RealServer server, string version)
    {
        await using var conversation = await HttpConversation.Start(new Uri(running.Platform.Address, $"/mcp/servers/{server.Slug}"), running.Key, Capabilities(server), version);
        return await Transcript.Of(conversation, server.Steps);
    }

    /// <summary>Where processes are shared, nobody is asked: a client that could be sees what one sees that could not.</summary>
    private static JsonObject Capabilities(RealServer server) => server.MayAsk
        ? new() { ["elicitation"] = new JsonObject { ["form"] = new JsonObject(), ["url"] = new JsonObject() }, ["sampling"] = new JsonObject(), ["roots"] = new JsonObject { ["listChanged"] = true } }
        : [];
}
