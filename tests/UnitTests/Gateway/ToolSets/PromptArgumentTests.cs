using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.ToolSets;

/// <summary>Arguments of prompts that a set fixes: as those of tools, not seen, always sent, and refused from clients.</summary>
public sealed class PromptArgumentTests
{
    private const string All = """{"roles":[{"name":"caller","grants":[{"id":"a","effect":"allow","actions":["*"],"resources":["*"]}]}]}""";

    private readonly SetBench _bench = SetBench.Of(
        All,
        SetBench.Terms(new SetMember("s")) with
        {
            Overrides = [new SetOverride("s", "brief", SetItemKinds.Prompt, "summary", Arguments: new Dictionary<string, JsonElement> { ["tone"] = SetBench.Json("\"kind\"") })],
        },
        Snapshots.Server("s", "tool") with
        {
            Offer = new ServerOffer(null, null, [
                new("brief", SetBench.Json("""{"name":"brief","x":1.0,"arguments":[{"name":"about","required":true},{"name":"tone"}]}""")),
                new("free", SetBench.Json("""{"name":"free","arguments":[{"name":"tone"}]}"""))], [], []),
        });

    [Fact]
    public void What_is_fixed_is_not_listed_and_all_else_stays() => _bench.List(McpMethods.ListPrompts).GetRawText()
        .ShouldBe("""{"prompts":[{"name":"s__free","arguments":[{"name":"tone"}]},{"name":"summary","x":1.0,"arguments":[{"name":"about","required":true}]}]}""");

    [Theory]
    [InlineData("""{"name":"summary","arguments":{"about":"rain"}}""", """{"about":"rain","tone":"kind"}""")]
    [InlineData("""{"name":"summary"}""", """{"tone":"kind"}""")]
    [InlineData("""{"name":"summary","arguments":null}""", """{"tone":"kind"}""")]
    public void What_is_fixed_is_sent(string parameters, string arguments)
    {
        var (call, refusal) = _bench.Call(parameters, McpMethods.GetPrompt);

        refusal.ShouldBeNull();
        (call.Target, call.Message.Name, Encoding.UTF8.GetString(call.Message.Arguments.Span)).ShouldBe(("brief", "brief", arguments));
    }

    [Theory]
    [InlineData("tone")]
    [InlineData("TONE")]
    public void A_client_that_sends_it_is_refused(string name)
    {
        Code(_bench.Call($$$"""{"name":"summary","arguments":{"{{{name}}}":"kind"}}""", McpMethods.GetPrompt).Refusal).ShouldBe("argument.fixed");
        Code(_bench.Call($$$"""{"ref":{"type":"ref/prompt","name":"summary"},"argument":{"name":"{{{name}}}","value":""}}""", McpMethods.Complete).Refusal).ShouldBe("argument.fixed");
        _bench.Call($$$"""{"name":"s__free","arguments":{"{{{name}}}":"kind"}}""", McpMethods.GetPrompt).Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_completion_is_asked_for_with_what_is_fixed()
    {
        var (call, refusal) = _bench.Call("""{"ref":{"type":"ref/prompt","name":"summary"},"argument":{"name":"about","value":"r"}}""", McpMethods.Complete);

        refusal.ShouldBeNull();
        Encoding.UTF8.GetString(JsonSplice.Apply(call.Message.Params.Span, call.OwnParams!).Span)
            .ShouldBe("""{"ref":{"type":"ref/prompt","name":"brief"},"argument":{"name":"about","value":"r"},"context":{"arguments":{"tone":"kind"}}}""");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"arguments":"x"}""")]
    [InlineData("""{"arguments":null}""")]
    public void A_completion_whose_context_has_no_place_for_what_is_fixed_is_refused(string context) =>
        Code(_bench.Call($$$"""{"ref":{"type":"ref/prompt","name":"summary"},"argument":{"name":"about","value":"r"},"context":{{{context}}}}""", McpMethods.Complete).Refusal).ShouldNotBe("argument.fixed");

    [Fact]
    public void Arguments_that_are_no_object_are_refused_before_anything_is_sent() =>
        Code(_bench.Call("""{"name":"summary","arguments":[1]}""", McpMethods.GetPrompt).Refusal).ShouldNotBe("argument.fixed");

    private static string? Code(CallRefusal? refusal) => refusal.ShouldNotBeNull().Code;
}
