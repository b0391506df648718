using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>One call is one trace, from the client to the upstream and to the record. No exporter is configured here: ids do not depend on one.</summary>
public abstract class TraceScenarios(SharedPlatform shared)
{
    [Fact]
    public async Task A_call_keeps_its_trace_from_the_clients_header_to_the_upstream_and_the_record()
    {
        var steps = await shared.Get();
        var client = Context();
        var marker = await Call(steps, [("traceparent", Text(client)), ("tracestate", "vendor=1")]);

        var seen = Seen(steps, marker);
        var sent = Parsed(seen.TraceParent);
        sent.TraceId.ShouldBe(client.TraceId);
        sent.SpanId.ShouldNotBe(client.SpanId);
        seen.TraceState.ShouldBe("vendor=1");
        (seen.Meta?["traceparent"]?.GetValue<string>(), seen.Meta?["tracestate"]?.GetValue<string>()).ShouldBe((seen.TraceParent, seen.TraceState));
        (await RecordsOf(steps, client)).ShouldHaveSingleItem()!["trace_id"]!.GetValue<string>().ShouldBe(client.TraceId.ToHexString());
    }

    [Fact]
    public async Task The_messages_own_context_names_the_call_whatever_the_request_around_it_says()
    {
        var steps = await shared.Get();
        var (request, message) = (Context(), Context());
        var marker = await Call(
            steps, [("traceparent", Text(request)), ("tracestate", "outer=1")], new JsonObject { ["traceparent"] = Text(message), ["tracestate"] = "inner=1" });

        var seen = Seen(steps, marker);
        Parsed(seen.TraceParent).TraceId.ShouldBe(message.TraceId);
        (seen.TraceState, seen.Meta?["tracestate"]?.GetValue<string>()).ShouldBe(("inner=1", "inner=1"));
        (await RecordsOf(steps, message)).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("|0af7651916cd43dd8448eb211c80319c.b7ad6b71.")]
    [InlineData("nonsense")]
    public async Task A_malformed_context_is_ignored_in_header_and_message_and_a_new_trace_begins(string hostile)
    {
        var steps = await shared.Get();
        var marker = await Call(
            steps,
            [("traceparent", hostile), ("tracestate", "vendor=1"), ("Request-Id", hostile)],
            new JsonObject { ["traceparent"] = hostile, ["tracestate"] = "vendor=1" });

        var seen = Seen(steps, marker);
        var sent = Parsed(seen.TraceParent);
        sent.TraceId.ToHexString().ShouldNotBe("0af7651916cd43dd8448eb211c80319c");
        seen.TraceState.ShouldBeNullOrEmpty();
        seen.Meta!["traceparent"]!.GetValue<string>().ShouldBe(seen.TraceParent);
        seen.Meta["tracestate"].ShouldBeNull();
        (await RecordsOf(steps, sent)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Baggage_and_an_overlong_state_go_no_further_than_the_gateway()
    {
        var steps = await shared.Get();
        var client = Context();
        var overlong = $"vendor={new string('x', 600)}";
        var marker = await Call(
            steps,
            [("traceparent", Text(client)), ("tracestate", overlong), ("baggage", "user=alice"), ("Correlation-Context", "user=alice")],
            new JsonObject { ["baggage"] = "user=alice" });

        var seen = Seen(steps, marker);
        Parsed(seen.TraceParent).TraceId.ShouldBe(client.TraceId);
        (seen.TraceState, seen.Baggage).ShouldBe((null, null));
        seen.Body.ToJsonString().ShouldNotContain("alice");
        seen.Meta!["tracestate"].ShouldBeNull();
    }

    [Fact]
    public async Task A_request_that_crosses_services_is_one_trace_to_the_end()
    {
        var steps = await shared.Get();
        var client = Context();
        (await steps.Admin.Send(HttpMethod.Post, "/api/v1/servers/up/discover", headers: [("traceparent", Text(client)), ("baggage", "user=alice")])).Expect(HttpStatusCode.OK);

        // From the API through the registry to a gateway, which asks the upstream for its tools.
        var seen = steps.Upstream.Messages.Where(m => m.Body["method"]!.GetValue<string>() == "tools/list" && Parsed(m.TraceParent).TraceId == client.TraceId).ToArray();
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(m => m.Baggage == null);
    }

    private static ActivityContext Context() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private static string Text(in ActivityContext context) => $"00-{context.TraceId}-{context.SpanId}-01";

    private static ActivityContext Parsed(string? traceParent) => ActivityContext.TryParse(traceParent, null, out var context) ? context : throw new InvalidOperationException($"'{traceParent}' is no trace context.");

    /// <summary>Calls echo and returns the text by which the upstream's copy is found.</summary>
    private static async Task<string> Call(Steps steps, (string, string)[] headers, JsonObject? meta = null)
    {
        var marker = $"trace-{Guid.NewGuid():n}";
        meta ??= [];
        meta["io.modelcontextprotocol/protocolVersion"] = ModernCaller.Version;
        meta["io.modelcontextprotocol/clientCapabilities"] = new JsonObject();
        meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "scenario", ["version"] = "1" };
        var message = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = "tools/call",
            ["params"] = new JsonObject { ["name"] = "echo", ["arguments"] = new JsonObject { ["text"] = marker }, ["_meta"] = meta },
        };
        using var caller = new ModernCaller(steps.McpOf("up"), steps.Platform.AdminKey);
        var answer = await caller.PostRaw(message.ToJsonString(), [("MCP-Protocol-Version", ModernCaller.Version), ("Mcp-Method", "tools/call"), ("Mcp-Name", "echo"), .. headers]);
        answer.ToolText.ShouldBe(marker);
        return marker;
    }

    private static UpstreamMessage Seen(Steps steps, string marker) =>
        steps.Upstream.Messages.Single(m => m.Body["params"]?["arguments"]?["text"]?.GetValue<string>() == marker);

    private static async Task<JsonArray> RecordsOf(Steps steps, ActivityContext trace)
    {
        JsonArray found = [];
        await Until.True(
            async () => (found = (await steps.Admin.Get($"/api/v1/traces?trace_id={trace.TraceId}")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray()).Count > 0,
            TimeSpan.FromSeconds(15),
            () => $"No record of trace {trace.TraceId}.");
        return found;
    }
}
