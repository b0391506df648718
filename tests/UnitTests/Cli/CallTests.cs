using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Cli;

public sealed class CallTests
{
    private const string Tools =
        """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"post__find","inputSchema":{"type":"object","properties":{"zip":{"type":"string"},"max":{"type":"integer"},"deep":{"type":"boolean"},"tags":{"type":"array"},"any":{}}}}]}}""";

    [Fact]
    public async Task Words_become_arguments_by_the_types_of_the_schema()
    {
        await using var platform = await FakePlatform.Start(Answer("""{"content":[{"type":"text","text":"found"}]}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__find", "zip=01234", "max=5", "deep=true", """tags=["a"]""", "any=a=b", "other=1");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldBe("found\n");
        var sent = JsonNode.Parse(platform.Seen.Last().Body)!;
        ((string?)sent["method"]).ShouldBe("tools/call");
        sent["params"]!.ToJsonString().ShouldBe("""{"name":"post__find","arguments":{"zip":"01234","max":5,"deep":true,"tags":["a"],"any":"a=b","other":1}}""");
    }

    [Theory]
    [InlineData("max=many")]
    [InlineData("deep=5")]
    [InlineData("tags=a")]
    public async Task A_word_of_the_wrong_type_is_not_sent(string word)
    {
        await using var platform = await FakePlatform.Start(Answer("{}"));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__find", word);

        result.ExitCode.ShouldBe(2);
        platform.Seen.ShouldAllBe(r => r.Body.Contains("tools/list"));
    }

    [Fact]
    public async Task A_tool_that_the_key_does_not_see_is_a_failure()
    {
        await using var platform = await FakePlatform.Start(Answer("{}"));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__hidden", "a=1");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("post__hidden");
    }

    [Fact]
    public async Task A_tools_own_error_is_printed_and_ends_with_1()
    {
        await using var platform = await FakePlatform.Start(Answer("""{"content":[{"type":"text","text":"no such zip"}],"isError":true}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__find", "--arguments", """{"zip":"1"}""");

        result.ExitCode.ShouldBe(1);
        result.Out.ShouldBe("no such zip\n");
    }

    [Fact]
    public async Task A_refusal_of_the_gateway_ends_with_1_and_its_code()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool.","data":{"code":"tool_not_found","request_id":"r-1"}}}"""));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__find");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldBe("tool_not_found: Unknown tool. (request r-1)\n");
    }

    [Fact]
    public async Task An_answer_as_an_event_stream_is_read_past_its_notifications()
    {
        await using var platform = await FakePlatform.Start(_ => (200, """
            event: message
            data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}

            event: message
            data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"done"}]}}


            """));
        using var run = CliRun.At(platform);

        var result = await run.Run("call", "post__find");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldBe("done\n");
    }

    [Fact]
    public async Task A_stream_that_ends_before_the_answer_ends_with_3()
    {
        await using var platform = await FakePlatform.Start(_ => (200, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n"));
        using var run = CliRun.At(platform);

        (await run.Run("call", "post__find")).ExitCode.ShouldBe(3);
    }

    private static Func<SeenRequest, (int, string)> Answer(string result) =>
        request => request.Body.Contains("tools/list")
            ? (200, Tools)
            : (200, $$"""{"jsonrpc":"2.0","id":{{(int)JsonNode.Parse(request.Body)!["id"]!}},"result":{{result}}}""");
}
