using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios.Wire;

/// <summary>The gateway as a server of 2026-07-28: what every request must say, and what its answers are.</summary>
public abstract class RuleScenarios(SharedPlatform shared, WireBench wire)
{
    private const string Meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";

    /// <summary>A body, headers besides the revision, the status, the code; <c>*</c> = no code.</summary>
    public static TheoryData<string, string, int, string> Requests => new()
    {
        // 1. Shape.
        { """{"jsonrpc":"2.0","id":null,"method":"tools/list"}""", "Mcp-Method: tools/list", 400, "-32600" },
        { $$$"""[{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{{{{Meta}}}}}]""", "Mcp-Method: tools/list", 400, "-32600" },
        { """{"jsonrpc":"2.0","id":1,"result":{}}""", "", 400, "-32600" },
        { Request("resources/read", "\"uri\":\"test://one\",\"uri\":\"test://two\""), "Mcp-Method: resources/read|Mcp-Name: test://one", 400, "-32600" },
        { Request("completion/complete", "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"greet\",\"name\":\"secret\"},\"argument\":{\"name\":\"who\",\"value\":\"\"}"), "Mcp-Method: completion/complete", 400, "-32600" },
        // 2. What _meta must have.
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", "Mcp-Method: tools/list", 400, "-32602" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""", "Mcp-Method: tools/list", 400, "-32602" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{}}}}""", "Mcp-Method: tools/list", 400, "-32602" },
        // 3. The header says the same; the revision is known.
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}""", "Mcp-Method: tools/list", 400, "-32020" },
        { """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}""", "Mcp-Method: tools/list|MCP-Protocol-Version: 2027-01-01", 400, "-32022" },
        // 4. Method and name.
        { Request("tools/list"), "", 400, "-32020" },
        { Request("tools/list"), "Mcp-Method: tools/call", 400, "-32020" },
        { Request("tools/list"), "Mcp-Method: Tools/List", 400, "-32020" },
        { Request("tools/list"), "mcp-method:  tools/list ", 200, "*" },
        { Request("tools/list"), "Mcp-Method: tools/list|Mcp-Session-Id: nobody's|Last-Event-ID: 1-1", 200, "*" },
        { Request("tools/call", "\"name\":\"levels\""), "Mcp-Method: tools/call", 400, "-32020" },
        { Request("tools/call", "\"name\":\"levels\""), "Mcp-Method: tools/call|Mcp-Name: other", 400, "-32020" },
        { Request("tools/call", "\"name\":\"levels\""), "Mcp-Method: tools/call|Mcp-Name: levels", 200, "*" },
        { Request("tools/call", "\"name\":\"levels\""), $"Mcp-Method: tools/call|Mcp-Name: {InBase64("levels")}", 200, "*" },
        { Request("tools/call", "\"name\":\"levels\""), "Mcp-Method: tools/call|Mcp-Name: =?base64?bGV2ZWxz", 400, "-32020" },
        { Request("tools/call", "\"name\":\"levels\""), "Mcp-Method: tools/call|Mcp-Name: =?base64?bGV2ZWxz!?=", 400, "-32020" },
        { Request("prompts/get", "\"name\":\"greet\",\"arguments\":{\"who\":\"Ada\"}"), "Mcp-Method: prompts/get|Mcp-Name: secret", 400, "-32020" },
        { Request("prompts/get", "\"name\":\"greet\",\"arguments\":{\"who\":\"Ada\"}"), "Mcp-Method: prompts/get|Mcp-Name: greet", 200, "*" },
        { Request("resources/read", "\"uri\":\"test://one\""), "Mcp-Method: resources/read|Mcp-Name: test://two", 400, "-32020" },
        { Request("resources/read", "\"uri\":\"test://one\""), "Mcp-Method: resources/read|Mcp-Name: test://one", 200, "*" },
        { Request("resources/read", "\"uri\":\"test://items/ä\""), $"Mcp-Method: resources/read|Mcp-Name: {InBase64("test://items/ä")}", 200, "*" },
        { Request("tasks/get", "\"taskId\":\"t1\""), "Mcp-Method: tasks/get|Mcp-Name: t2", 400, "-32020" },
        // 5. Arguments that the definition mirrors.
        { Mirrored("""{"region":"eu"}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored", 400, "-32020" },
        { Mirrored("""{"region":"eu"}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Region: us", 400, "-32020" },
        { Mirrored("""{"region":"eu"}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored|mcp-param-region: eu", 200, "*" },
        { Mirrored("""{"region":"é"}"""), $"Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Region: {InBase64("é")}", 200, "*" },
        { Mirrored("""{"size":42}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Size: 42.0", 200, "*" },
        { Mirrored("""{"size":42}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Size: 43", 400, "-32020" },
        { Mirrored("""{"fast":true}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Fast: true", 200, "*" },
        { Mirrored("""{"region":null}"""), "Mcp-Method: tools/call|Mcp-Name: mirrored", 200, "*" },
        { Mirrored("{}"), "Mcp-Method: tools/call|Mcp-Name: mirrored|Mcp-Param-Region: eu", 400, "-32020" },
        // 6. Methods that are gone or never were.
        { Request("initialize"), "Mcp-Method: initialize", 404, "-32601" },
        { Request("ping"), "Mcp-Method: ping", 404, "-32601" },
        { Request("logging/setLevel", "\"level\":\"info\""), "Mcp-Method: logging/setLevel", 404, "-32601" },
        { Request("resources/subscribe", "\"uri\":\"test://one\""), "Mcp-Method: resources/subscribe", 404, "-32601" },
        { Request("resources/unsubscribe", "\"uri\":\"test://one\""), "Mcp-Method: resources/unsubscribe", 404, "-32601" },
        { Request("tasks/list"), "Mcp-Method: tasks/list", 404, "-32601" },
        { Request("tasks/result", "\"taskId\":\"t1\""), "Mcp-Method: tasks/result|Mcp-Name: t1", 404, "-32601" },
        { Request("x/unknown"), "Mcp-Method: x/unknown", 404, "-32601" },
        // What is asked for does not exist.
        { Request("tools/call", "\"name\":\"nope\""), "Mcp-Method: tools/call|Mcp-Name: nope", 200, "-32602" },
        { Request("prompts/get", "\"name\":\"nope\""), "Mcp-Method: prompts/get|Mcp-Name: nope", 200, "-32602" },
        { Request("tools/list", "\"cursor\":\"nope\""), "Mcp-Method: tools/list", 200, "-32602" },
        { Request("tools/list", "\"cursor\":\"\""), "Mcp-Method: tools/list", 200, "-32602" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_is_answered_by_the_first_rule_that_it_breaks(string body, string headers, int status, string code)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug);

        await using var answer = await client.Raw(body, [.. headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(h => (h[..h.IndexOf(':')], h[(h.IndexOf(':') + 1)..]))]);

        var message = await answer.Answer();
        ((int)answer.Status).ShouldBe(status, message.Text);
        (message.ErrorCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*").ShouldBe(code, message.Text);
        if (body.StartsWith("{\"jsonrpc\":\"2.0\",\"id\":1,", StringComparison.Ordinal) && body.Contains("\"method\"", StringComparison.Ordinal))
        {
            message.Text.ShouldStartWith("{\"jsonrpc\":\"2.0\",\"id\":1,");
        }

        message.Text.ShouldNotContain("\"id\":null");
        answer.Header("Mcp-Session-Id").ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_revision_is_told_which_are_known()
    {
        var bench = await wire.Get(shared);
        using var client = new WireClient(bench.Steps.Mcp, bench.Key, WireClient.Modern);

        await using var answer = await client.Raw(
            """{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"1999-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}""",
            ("MCP-Protocol-Version", "1999-01-01"), ("Mcp-Method", "tools/list"));

        var error = (await answer.Answer()).Json["error"]!;
        error["data"]!["requested"]!.GetValue<string>().ShouldBe("1999-01-01");
        error["data"]!["supported"]!.AsArray().Select(v => v!.GetValue<string>()).ShouldBe(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"], ignoreOrder: true);
    }

    /// <summary>Origin, host, accept, content type, and the status.</summary>
    public static TheoryData<string, string, string, string, int> Transports => new()
    {
        { "https://evil.example", "", "application/json, text/event-stream", "application/json", 403 },
        { "null", "", "application/json, text/event-stream", "application/json", 403 },
        { "", "evil.example", "application/json, text/event-stream", "application/json", 403 },
        { "", "", "application/json", "application/json", 406 },
        { "", "", "text/html", "application/json", 406 },
        { "", "", "*/*", "application/json", 200 },
        { "", "", "application/json, text/event-stream", "text/plain", 415 },
        { "", "", "application/json, text/event-stream", "", 415 },
        { "", "", "application/json;q=0.5, text/event-stream;q=1", "application/json; charset=utf-8", 200 },
    };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_may_not_ask_or_cannot_read_the_answer_is_refused(string origin, string host, string accept, string type, int status)
    {
        var bench = await wire.Get(shared);
        foreach (var version in (string[])[WireClient.Modern, WireClient.Legacy])
        {
            using var client = await bench.Client(version, Bench.ModernSlug);
            await using var answer = await client.Send("tools/list", headers: [("Origin", origin), ("Host", host), ("Accept", accept), ("Content-Type", type)]);
            ((int)answer.Status).ShouldBe(status, version);
            answer.Header("Access-Control-Allow-Origin").ShouldBeNull();
        }
    }

    [Fact]
    public async Task Every_result_says_what_it_is_and_by_whom_and_how_long_it_is_good()
    {
        var bench = await wire.Get(shared);
        foreach (var slug in (string[])[Bench.ModernSlug, Bench.LegacySlug])
        {
            using var client = await bench.Client(WireClient.Modern, slug);
            foreach (var (method, members, name) in ((string, string, string?)[])
            [
                ("server/discover", "", null), ("tools/list", "", null), ("prompts/list", "", null), ("resources/list", "", null), ("resources/templates/list", "", null),
                ("resources/read", "\"uri\":\"test://one\"", "test://one"), ("prompts/get", "\"name\":\"greet\",\"arguments\":{\"who\":\"A\"}", "greet"), ("tools/call", "\"name\":\"levels\"", "levels"),
                ("completion/complete", "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"greet\"},\"argument\":{\"name\":\"who\",\"value\":\"a\"}", null),
            ])
            {
                await using var answer = await client.Send(method, members, name: name);
                var result = (await answer.Answer()).Result;
                result["resultType"]!.GetValue<string>().ShouldBe("complete", method);
                result["_meta"]!["io.modelcontextprotocol/serverInfo"]!["name"]!.GetValue<string>().ShouldNotBeEmpty(method);
                if (method is "prompts/get" or "tools/call" or "completion/complete")
                {
                    result["ttlMs"].ShouldBeNull(method);
                    continue;
                }

                result["ttlMs"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0, method);
                // Lists are one caller's, by its rights.
                result["cacheScope"]!.GetValue<string>().ShouldBe("private", method);
                if (method == "resources/read")
                {
                    result["ttlMs"]!.GetValue<long>().ShouldBe(slug == Bench.ModernSlug ? 5000 : 0, slug);
                }
            }
        }
    }

    [Fact]
    public async Task A_legacy_client_sees_nothing_of_what_only_the_modern_era_knows()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Legacy, Bench.ModernSlug);
        foreach (var (method, members) in ((string, string)[])
        [
            ("tools/list", ""), ("resources/read", "\"uri\":\"test://one\""), ("prompts/get", "\"name\":\"greet\",\"arguments\":{\"who\":\"A\"}"), ("tools/call", "\"name\":\"levels\""),
        ])
        {
            await using var answer = await client.Send(method, members);
            var result = (JsonObject)(await answer.Answer()).Result;
            foreach (var member in (string[])["resultType", "ttlMs", "cacheScope"])
            {
                result.ShouldNotContainKey(member, method);
            }

            result["_meta"]?["io.modelcontextprotocol/serverInfo"].ShouldBeNull(method);
        }
    }

    /// <summary>The server's code is the modern one or the legacy one; each client is told in its own.</summary>
    [Theory]
    [InlineData(WireClient.Modern, Bench.ModernSlug, -32602)]
    [InlineData(WireClient.Modern, Bench.LegacySlug, -32602)]
    [InlineData(WireClient.Legacy, Bench.ModernSlug, -32602)]
    [InlineData(WireClient.Legacy, Bench.LegacySlug, -32002)]
    public async Task A_resource_that_is_not_there_is_told_in_the_clients_era(string version, string slug, int code)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        await using var answer = await client.Send("resources/read", "\"uri\":\"test://missing\"", name: "test://missing");

        var message = await answer.Answer();
        (message.ErrorCode, message.Json["error"]!["data"]!["uri"]!.GetValue<string>()).ShouldBe((code, "test://missing"));
    }

    [Theory]
    [MemberData(nameof(Bench.Eras), MemberType = typeof(Bench))]
    public async Task A_method_that_the_server_does_not_know_is_404_for_a_modern_client_alone(string version, string slug)
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(version, slug);

        await using var answer = await client.Call("unknown-method");

        (await answer.Answer()).ErrorCode.ShouldBe(-32601);
        answer.Status.ShouldBe(client.IsModern ? HttpStatusCode.NotFound : HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stream_is_not_buffered_on_its_way()
    {
        var bench = await wire.Get(shared);
        using var client = await bench.Client(WireClient.Modern, Bench.ModernSlug);

        await using var call = await client.Call("hang", """{"who":"buffered"}""", meta: "\"progressToken\":1");

        // The head and the first message are here while the call goes on.
        (call.Header("X-Accel-Buffering"), call.Header("Content-Encoding"), call.IsStream).ShouldBe(("no", null, true));
        call.Header("Cache-Control").ShouldNotBeNull().ShouldContain("no-cache");
        (await call.Next(TimeSpan.FromSeconds(5)))!.Method.ShouldBe("notifications/progress");
    }

    private static string Request(string method, string members = "") => $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{{{{members}}}{{{(members.Length > 0 ? "," : "")}}}{{{Meta}}}}}""";

    private static string Mirrored(string arguments) => Request("tools/call", $"\"name\":\"mirrored\",\"arguments\":{arguments}");

    private static string InBase64(string text) => $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
