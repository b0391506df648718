using System.Net;
using System.Text.Json;
using McpPlatform.Tracing.Infrastructure.Persistence;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Tracing;

/// <summary>What became of the calls of one tool.</summary>
[Collection(nameof(TracingHost))]
public sealed class ExecutionTests(TracingHost tracing)
{
    private readonly Guid _tenant = Guid.CreateVersion7();

    [Fact]
    public async Task A_tools_calls_are_listed_by_its_address_and_nobody_elses()
    {
        var calls = Enumerable.Range(0, 5).Select(i => Calls.Of(_tenant, DateTimeOffset.UtcNow.AddSeconds(-10 + i), tool: "a/b")).ToArray();
        await tracing.Publish([.. calls, Calls.Of(_tenant), Calls.Of(_tenant, server: "other", tool: "a/b"), Calls.Of(Guid.CreateVersion7(), tool: "a/b")]);

        var (status, first) = await tracing.Get("api/v1/tools/files/a%2Fb/executions?limit=3", _tenant);
        var (_, second) = await tracing.Get($"api/v1/tools/files/a%2Fb/executions?limit=3&cursor={first.GetProperty("next_cursor").GetString()}", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        Ids(first).Concat(Ids(second)).ShouldBe(calls.Reverse().Select(c => c.Id));
        second.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);
        Ids((await tracing.Get("api/v1/tools/files/a%2Fb/executions", Guid.CreateVersion7())).Body).ShouldBeEmpty();
        (await tracing.Get("api/v1/tools/files/a%2Fb/executions", _tenant, "tools:read")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_summary_counts_how_a_tools_calls_ended_and_shows_the_last_error()
    {
        var last = Calls.Of(_tenant, DateTimeOffset.UtcNow.AddMinutes(-1), status: "error") with { ErrorCode = "upstream.timeout", Result = """{"token":"[redacted]"}""" };
        await tracing.Publish(
        [
            .. Enumerable.Range(1, 100).Select(i => Calls.Of(_tenant, milliseconds: i)),
            Calls.Of(_tenant, DateTimeOffset.UtcNow.AddMinutes(-2), status: "error", milliseconds: 1),
            last with { Id = Guid.CreateVersion7(), StartedAt = last.StartedAt.AddMinutes(-5), RequestId = "earlier" },
            last,
            Calls.Of(_tenant, status: "denied", milliseconds: 1),
            Calls.Of(_tenant, server: "other", status: "error"),
            Calls.Of(_tenant, DateTimeOffset.UtcNow.AddDays(-2), status: "tool_error"),
        ]);

        var (status, body) = await tracing.Get("api/v1/tools/files/read/executions/summary", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        var figures = body.GetProperty("figures");
        (figures.GetProperty("calls").GetInt64(), figures.GetProperty("errors").GetInt64(), figures.GetProperty("denied").GetInt64()).ShouldBe((104, 3, 1));
        figures.GetProperty("p99_ms").GetDecimal().ShouldBe(99m);
        body.GetProperty("outcomes").EnumerateArray()
            .Select(o => (o.GetProperty("status").GetString(), o.GetProperty("error_code").GetString(), o.GetProperty("calls").GetInt64()))
            .ShouldBe([("ok", null, 100), ("error", "upstream.timeout", 2), ("denied", "upstream.error", 1), ("error", "upstream.error", 1)]);
        var error = body.GetProperty("last_error");
        (error.GetProperty("id").GetGuid(), error.GetProperty("error_code").GetString(), error.GetProperty("result").GetString()).ShouldBe((last.Id, "upstream.timeout", last.Result));
        (await tracing.Get("api/v1/tools/files/read/executions/summary", Guid.CreateVersion7())).Body.GetProperty("figures").GetProperty("calls").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_tool_that_was_never_called_has_no_figures_and_no_last_error()
    {
        var (status, body) = await tracing.Get("api/v1/tools/nobody/nothing/executions/summary", _tenant);

        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("figures").GetProperty("p50_ms").ValueKind.ShouldBe(JsonValueKind.Null);
        (body.GetProperty("outcomes").GetArrayLength(), body.GetProperty("last_error").ValueKind).ShouldBe((0, JsonValueKind.Null));
    }

    [Fact]
    public async Task A_summary_reads_the_days_and_the_part_of_the_index_that_it_is_about()
    {
        var (today, before) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(-3));
        await tracing.Publish([Calls.Of(_tenant, before), Calls.Of(_tenant)]);
        var statement = ExecutionSql.Statement
            .Replace("@tenant", $"'{_tenant}'", StringComparison.Ordinal).Replace("@server", "'files'", StringComparison.Ordinal).Replace("@tool", "'read'", StringComparison.Ordinal)
            .Replace("@first_day", $"'{today:yyyy-MM-dd}'", StringComparison.Ordinal).Replace("@last_day", $"'{today:yyyy-MM-dd}'", StringComparison.Ordinal)
            .Replace("@from", $"'{today.AddHours(-1):O}'", StringComparison.Ordinal).Replace("@to", $"'{today.AddHours(1):O}'", StringComparison.Ordinal).Replace("@rows", "51", StringComparison.Ordinal);

        // A handful of rows would be read as they lie; with many it is the index, if that is of use.
        var plan = (string)(await tracing.Ask($"SET enable_seqscan = off; EXPLAIN (FORMAT JSON) {statement}", _tenant.ToString()))!;

        plan.ShouldContain($"call_records_{today:yyyyMMdd}");
        plan.ShouldNotContain($"call_records_{before:yyyyMMdd}");
        plan.ShouldNotContain("Seq Scan");
        JsonDocument.Parse(plan).RootElement.ToString().Split("\"Index Cond\"").Skip(1).ShouldAllBe(condition => condition.Contains("(server)::text", StringComparison.Ordinal) && condition.Contains("(tool)::text", StringComparison.Ordinal));
        plan.ShouldContain("Index Cond");
    }

    [Theory]
    [InlineData("files/read/executions?status=fine", "status")]
    [InlineData("files/read/executions?tool=other", "tool")]
    [InlineData("files/read/executions?limit=0", "limit")]
    [InlineData("files/read/executions/summary?from=2025-01-01&to=2026-01-01", "from")]
    [InlineData("files/read/executions/summary?limit=3", "limit")]
    public async Task A_wrong_question_is_refused_by_name(string path, string field)
    {
        var (status, body) = await tracing.Get($"api/v1/tools/{path}", _tenant);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("details").EnumerateArray().Select(d => d.GetProperty("field").GetString()).ShouldBe([field]);
    }

    private static Guid[] Ids(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetGuid())];
}
