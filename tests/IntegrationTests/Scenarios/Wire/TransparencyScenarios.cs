using System.Net;
using System.Text;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>What the gateway has no business with passes byte for byte, in both directions; what is too much or no message is refused, and is never its own failure.</summary>
public abstract class TransparencyScenarios(SharedPlatform shared, WireBench wire)
{
    /// <summary>Numbers as they are written, characters that some encoders touch, members that nobody knows, names that look like ours.</summary>
    private const string Awkward = """
        {"big":9007199254740991,"bigger":123456789012345678901234567890,"huge":1e400,"cents":0.10,"minus":-0.0,"exp":1E+2,
         "text":"\u2028\u2029\u0000 \/ \ud83d\ude00 é ☃","raw":" ☃","empty":"","Name":"x","naMe":[],"nul":null,"deep":{"_meta":{"progressToken":"mine"},"params":[[[{}]]]}}
        """;

    private static readonly string Compact = string.Join("", Awkward.Split('\n').Select(line => line.Trim()));

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Arguments_arrive_as_they_were_written(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var marker = $"\"m-{Guid.NewGuid():n}\"";

        await using var call = await client.Call("raw", $$"""{"marker":{{marker}},"awkward":{{Compact}}}""", meta: "\"com.example/own\":{\"n\":0.10}", more: "\"x-unknown\":1e400,");

        (await call.Answer()).Result.ShouldNotBeNull();
        var got = bench.Upstream(slug).Calls("raw").Single(c => c.Argument("marker")?.GetRawText() == marker);
        got.Raw("arguments").ShouldBe($$"""{"marker":{{marker}},"awkward":{{Compact}}}""");
        got.Raw("x-unknown").ShouldBe("1e400");
        got.Meta("com.example/own").ShouldBe("{\"n\":0.10}");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Results_and_errors_come_back_as_they_were_written(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var result = $$"""{"content":[{"type":"x-unknown","awkward":{{Compact}}}],"structuredContent":{{Compact}},"x-unknown":{{Compact}}}""";

        await using var call = await client.Call("raw", $$"""{"back":{{result}}}""");
        await using var refused = await client.Call("refuse", $$"""{"data":{{Compact}}}""");

        var text = (await call.Answer()).Text;
        text.ShouldContain(result[1..^1]);
        (client.IsModern == text.Contains("\"resultType\":\"complete\"", StringComparison.Ordinal)).ShouldBeTrue(text);
        (await refused.Answer()).Text.ShouldBe($$$"""{"jsonrpc":"2.0","id":1,"error":{"code":-31337,"message":"refused","data":{{{Compact}}}}}""");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Logs_and_progress_keep_what_they_carry(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        if (!client.IsModern)
        {
            await using var level = await client.Send("logging/setLevel", "\"level\":\"debug\"");
            (await level.Answer()).Result.ShouldNotBeNull();
        }

        await using var call = await client.Call("tell", $$"""{"data":{{Compact}}}""", meta: "\"progressToken\":\"p\"" + (client.IsModern ? ",\"io.modelcontextprotocol/logLevel\":\"debug\"" : ""));

        var all = await call.All();
        all.Single(m => m.Method == "notifications/message").Text.ShouldContain($"\"data\":{Compact}");
        all.Single(m => m.Method == "notifications/progress").Text.ShouldContain($"\"x-unknown\":{Compact}");
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task Four_mebibytes_pass_both_ways(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);
        var large = new string('x', 4 << 20);

        await using var call = await client.Call("raw", $$$"""{"back":{"content":[{"type":"text","text":"{{{large}}}"}]}}""");

        (await call.Answer()).Result["content"]![0]!["text"]!.GetValue<string>().Length.ShouldBe(large.Length);
    }

    [Theory]
    [InlineData(WireClient.Modern)]
    [InlineData(WireClient.Legacy)]
    public async Task A_message_that_is_too_large_is_413_and_reaches_nobody(string version)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, Bench.ModernSlug);
        var marker = Guid.NewGuid().ToString("n");

        await using var refused = await client.Call("raw", $$"""{"marker":"{{marker}}","large":"{{new string('x', 11 << 20)}}"}""");

        refused.Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await refused.Answer()).ErrorCode.ShouldBe(-32600);
        bench.Modern.Received.ShouldNotContain(c => c.Body.Contains(marker, StringComparison.Ordinal));
    }

    /// <summary>Cut short, wrong in a byte, wrong in shape, wrong in type.</summary>
    public static TheoryData<string> Malformed =>
    [
        "", " ", "{", "nul", "1", "\"text\"", "[]", "[1]", "[[]]", "{}", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"2.0\",\"id\":1}", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"tools/list\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"tools/list\"}", "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"tools/list\"}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":[1]}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"raw\",\"arguments\":[]}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":7}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"raw\",\"_meta\":7}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"raw\",\"_meta\":null}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}garbage",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{\"cursor\":{}}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/get\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":[]}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"completion/complete\",\"params\":{\"ref\":1}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscriptions/listen\",\"params\":{\"notifications\":7}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":{}}}", "\u0000", "{\"a\":\"\ud800\"}",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_malformed_is_never_our_failure(string body)
    {
        var bench = await wire.Get(shared);
        foreach (var version in (string[])[WireClient.Modern, WireClient.Legacy])
        {
            using var client = await bench.Client(version, Bench.ModernSlug);
            // Once as the era has it, once with headers that fit the message.
            foreach (var headers in ((string, string)[][])[[], [("Mcp-Method", "tools/call"), ("Mcp-Name", "raw")]])
            {
                await using var answer = await client.Go(HttpMethod.Post, Encoding.UTF8.GetBytes(body), headers);
                ((int)answer.Status).ShouldBeInRange(200, 499, version);
                if (answer.Status != HttpStatusCode.Accepted)
                {
                    (await answer.Next())!.Text.ShouldNotContain("   at ");
                }
            }
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_a_parse_error()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug);

        await using var answer = await client.Go(HttpMethod.Post, [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""u8, 0xff, 0xfe, .. "\"}"u8], []);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Answer()).ErrorCode.ShouldBe(-32700);
    }
}
