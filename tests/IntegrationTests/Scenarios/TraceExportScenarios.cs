using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>What operators see of a trace: spans at their collector, and log lines.</summary>
public abstract class TraceExportScenarios(InspectedPlatform inspected)
{
    private readonly TestCollector _collector = inspected.Collector;
    private readonly Steps _steps = inspected.Steps;

    [Fact]
    public async Task The_spans_of_a_call_and_its_log_lines_belong_to_the_clients_trace()
    {
        var trace = ActivityTraceId.CreateRandom();
        using var caller = new LegacyCaller(_steps.McpOf("up"), _steps.Platform.AdminKey);
        await caller.ToolNames();
        var answer = await caller.PostRaw(
            """{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"echo","arguments":{"text":"exported"}}}""",
            ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));

        answer.ToolText.ShouldBe("exported");
        await Until.True(
            () => Task.FromResult(_collector.Spans(trace) is var spans && spans.Count(name => name == "tools/call") == 2 && spans.Contains("POST /mcp/servers/{server}")),
            TimeSpan.FromSeconds(15),
            () => $"Spans of the request, of the call and of the upstream's part were expected: {string.Join(", ", _collector.Spans(trace))}.");
        await Until.True(() => Task.FromResult(Lines(trace).Count > 0), TimeSpan.FromSeconds(5), () => "No log line of the trace.");
        foreach (var line in Lines(trace))
        {
            Scope(line, "request_id").ShouldBe(answer.Headers["X-Request-Id"]);
            Scope(line, "span_id")!.Length.ShouldBe(16);
        }
    }

    [Fact]
    public async Task A_key_in_the_address_is_in_no_span_and_no_line()
    {
        var (trace, planted) = (ActivityTraceId.CreateRandom(), $"planted-in-address-{Guid.NewGuid():n}");
        using var caller = new ModernCaller(new Uri(_steps.Platform.Address, $"/mcp?access_token={planted}"), null);

        (await caller.PostRaw("{}", ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"))).Status.ShouldBe(HttpStatusCode.BadRequest);

        await Until.True(() => Task.FromResult(_collector.Spans(trace).Contains("POST /mcp") && Lines(trace).Count > 0), TimeSpan.FromSeconds(15));
        _collector.Holds(planted).ShouldBeFalse();
        _steps.Platform.Logs.ShouldNotContain(planted);
    }

    [Fact]
    public async Task An_event_belongs_to_the_trace_of_the_request_that_caused_it_up_to_its_consumers()
    {
        var trace = ActivityTraceId.CreateRandom();
        (await _steps.Admin.Send(
            HttpMethod.Post, "/api/v1/policies", new { name = "traced", grants = Array.Empty<object>() }, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01")))
            .Expect(HttpStatusCode.Created);

        await Until.True(
            () => Task.FromResult(_collector.Spans(trace) is var spans && spans.Any(name => name.Contains("PolicyPublished") && name.EndsWith(" send", StringComparison.Ordinal))
                && spans.Any(name => name.EndsWith(" process", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(15),
            () => $"The event and its consumer were expected: {string.Join(", ", _collector.Spans(trace))}.");
    }

    private List<JsonNode> Lines(ActivityTraceId trace) =>
        [.. _steps.Platform.Logs.Split('\n').Where(l => l.StartsWith('{') && l.Contains(trace.ToHexString(), StringComparison.Ordinal)).Select(l => JsonNode.Parse(l)!)];

    private static string? Scope(JsonNode line, string name) =>
        line["Scopes"]!.AsArray().Select(s => s is JsonObject scope ? scope[name]?.GetValue<string>() : null).FirstOrDefault(v => v is not null);
}
