using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Tracing;

/// <summary>The management API over what was stored.</summary>
[Collection(nameof(TracingHost))]
public sealed class ReadingTests(TracingHost tracing)
{
    private readonly Guid _tenant = Guid.CreateVersion7();

    [Fact]
    public async Task A_call_comes_back_in_full_to_its_tenant_and_to_nobody_else()
    {
        var call = Calls.Of(_tenant, milliseconds: 12);
        await tracing.Publish([call]);

        var (status, body) = await tracing.Get($"api/v1/traces/{call.Id}", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("id").GetGuid().ShouldBe(call.Id);
        body.GetProperty("duration_ms").GetDecimal().ShouldBe(12m);
        body.GetProperty("arguments").GetString().ShouldBe(call.Arguments);
        body.GetProperty("result").GetString().ShouldBe(call.Result);
        body.GetProperty("request_id").GetString().ShouldBe(call.RequestId);
        var other = Guid.CreateVersion7();
        (await tracing.Get($"api/v1/traces/{call.Id}", other)).Status.ShouldBe(HttpStatusCode.NotFound);
        Ids((await tracing.Get("api/v1/traces", other)).Body).ShouldBeEmpty();
        (await tracing.Get("api/v1/traces", _tenant, "servers:read")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Pages_follow_one_another_newest_first_without_gap_or_repetition()
    {
        // All at one instant: the id must break the tie.
        var at = DateTimeOffset.UtcNow.AddMinutes(-5);
        var calls = Enumerable.Range(0, 7).Select(i => Calls.Of(_tenant, at.AddSeconds(i / 4))).ToArray();
        await tracing.Publish(calls);

        var seen = new List<Guid>();
        var cursor = "";
        for (var page = 0; page < 10 && cursor is not null; page++)
        {
            var (_, body) = await tracing.Get($"api/v1/traces?limit=3{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", _tenant);
            seen.AddRange(Ids(body));
            cursor = body.GetProperty("next_cursor").GetString();
        }

        seen.Count.ShouldBe(7);
        seen.ShouldBeUnique();
        seen.Take(3).ShouldBe(calls[4..].Select(c => c.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Each_filter_finds_its_calls()
    {
        var slow = Calls.Of(_tenant, server: "files", tool: "write", milliseconds: 900);
        var failed = Calls.Of(_tenant, server: "mail", tool: "send", status: "error") with { Subject = "bob", TraceId = "11111111111111111111111111111111" };
        var old = Calls.Of(_tenant, DateTimeOffset.UtcNow.AddDays(-3)) with { Method = "tools/list" };
        await tracing.Publish([slow, failed, old]);

        (await Listed("")).ShouldBe([slow.Id, failed.Id], ignoreOrder: true);
        (await Listed("?server=mail")).ShouldBe([failed.Id]);
        (await Listed("?server=files&tool=write")).ShouldBe([slow.Id]);
        (await Listed("?subject=bob")).ShouldBe([failed.Id]);
        (await Listed("?status=error")).ShouldBe([failed.Id]);
        (await Listed("?min_duration_ms=899.5")).ShouldBe([slow.Id]);
        (await Listed($"?request_id={slow.RequestId}")).ShouldBe([slow.Id]);
        (await Listed("?trace_id=11111111111111111111111111111111")).ShouldBe([failed.Id]);
        (await Listed($"?from={DateTimeOffset.UtcNow.AddDays(-4):yyyy-MM-dd}&method=tools/list")).ShouldBe([old.Id]);
        (await Listed($"?to={DateTimeOffset.UtcNow.AddDays(-2.5):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe([old.Id]);
        (await Listed("?server=nobody")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("from=2026-01-02&to=2026-01-01", "from")]
    [InlineData("from=2025-01-01&to=2026-01-01", "from")]
    [InlineData("status=fine", "status")]
    [InlineData("min_duration_ms=-1", "min_duration_ms")]
    [InlineData("min_duration_ms=soon", "min_duration_ms")]
    [InlineData("trace_id=xyz", "trace_id")]
    [InlineData("server=", "server")]
    [InlineData("subject=a%00b", "subject")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("cursor=garbage!", "cursor")]
    [InlineData("cursor=Z2FyYmFnZQ", "cursor")]
    [InlineData("toool=read", "toool")]
    [InlineData("tool=read&tool=write", "tool")]
    public async Task A_wrong_filter_is_refused_by_name(string query, string field)
    {
        var (status, body) = await tracing.Get($"api/v1/traces?{query}", _tenant);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("details").EnumerateArray().Select(d => d.GetProperty("field").GetString()).ShouldBe([field]);
    }

    [Fact]
    public async Task A_summary_counts_ends_and_durations_by_group()
    {
        await tracing.Publish(
        [
            .. Enumerable.Range(1, 100).Select(i => Calls.Of(_tenant, milliseconds: i)),
            Calls.Of(_tenant, server: "mail", tool: "send", status: "error"),
            Calls.Of(_tenant, server: "mail", tool: "send", status: "tool_error"),
            Calls.Of(_tenant, server: "mail", tool: "send", status: "denied"),
            Calls.Of(_tenant, server: "mail", tool: "send"),
        ]);

        var (status, body) = await tracing.Get("api/v1/traces/summary?group_by=tool", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("total").GetProperty("calls").GetInt64().ShouldBe(104);
        var groups = body.GetProperty("groups").EnumerateArray().ToArray();
        groups.Select(g => g.GetProperty("tool").GetString()).ShouldBe(["read", "send"]);
        var read = groups[0].GetProperty("figures");
        (read.GetProperty("p50_ms").GetDecimal(), read.GetProperty("p95_ms").GetDecimal(), read.GetProperty("p99_ms").GetDecimal()).ShouldBe((50m, 95m, 99m));
        var send = groups[1].GetProperty("figures");
        (send.GetProperty("errors").GetInt64(), send.GetProperty("denied").GetInt64(), send.GetProperty("error_share").GetDecimal()).ShouldBe((2, 1, 0.5m));
        groups[1].GetProperty("subject").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var grouping in new[] { "server", "subject", "status" })
        {
            (await tracing.Get($"api/v1/traces/summary?group_by={grouping}", _tenant)).Body.GetProperty("groups")[0].GetProperty(grouping).GetString().ShouldNotBeNullOrEmpty();
        }

        (await tracing.Get("api/v1/traces/summary?group_by=colour", _tenant)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_summary_of_nothing_is_zero()
    {
        var (status, body) = await tracing.Get("api/v1/traces/summary", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("total").GetProperty("calls").GetInt64().ShouldBe(0);
        body.GetProperty("groups").GetArrayLength().ShouldBe(0);
    }

    private async Task<Guid[]> Listed(string query)
    {
        var (status, body) = await tracing.Get($"api/v1/traces{query}", _tenant);
        status.ShouldBe(HttpStatusCode.OK);
        return Ids(body);
    }

    private static Guid[] Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];
}
