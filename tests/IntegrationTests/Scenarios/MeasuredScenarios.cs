using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>The platform of these scenarios: nobody else calls it, so that what moves is what the scenario did.</summary>
public abstract class MeasuredPlatform(IPlatformForm form) : IAsyncLifetime
{
    private Steps? _steps;
    private TestEmbeddings? _embeddings;

    internal TestEmbeddings Embeddings => _embeddings ?? throw new InvalidOperationException("The platform did not start.");

    internal Steps Steps => _steps ?? throw new InvalidOperationException("The platform did not start.");

    public async ValueTask InitializeAsync()
    {
        _embeddings = await TestEmbeddings.Start();
        _steps = await Steps.With(await form.Create(new Dictionary<string, string>(_embeddings.Settings)
        {
            ["Gateway__RequestsPerSecond"] = "10000",
            ["Gateway__Burst"] = "10000",
            ["Gateway__QueueTimeout"] = "00:00:01",
            ["Gateway__BreakerFailures"] = "2",
            ["Gateway__BreakerOpenFor"] = "00:00:01",
            ["Gateway__ProbeInterval"] = "00:00:00.5",
            ["Gateway__StopGrace"] = "00:00:00.3",
            ["Limits__RequestsPerSecond"] = "10000",
            ["Limits__Burst"] = "10000",
        }));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_steps is not null)
        {
            await _steps.DisposeAsync();
        }

        if (_embeddings is not null)
        {
            await _embeddings.DisposeAsync();
        }
    }
}

/// <summary>Metrics move, and by what happened: each series, by a real request, in JSON and in Prometheus text.</summary>
public abstract partial class MeasuredScenarios(MeasuredPlatform measured) : IAsyncLifetime
{
    private static readonly string[] Stages = ["parse", "authenticate", "decide", "queue", "upstream", "shape", "record", "write"];

    private readonly Steps _steps = measured.Steps;
    private readonly string _slug = $"m{Guid.NewGuid():n}"[..12];
    private ScriptedUpstream _upstream = null!;
    private ModernCaller _caller = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.Start();
        _caller = Caller(_steps.Platform.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _caller.Dispose();
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}");
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_call_moves_the_durations_of_its_tool_its_server_and_its_http_request_by_one()
    {
        await Register();
        var before = await Read();

        (await _caller.Call($"{_slug}__safe")).Status.ShouldBe(HttpStatusCode.OK);
        (await _caller.Call($"{_slug}__nothing")).ErrorCode.ShouldNotBeNull();
        (await _caller.Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);

        var after = await Read();
        Moved("mcp.server.operation.duration", "count", ("mcp.method.name", "tools/call"), ("mcpp.server", _slug), ("gen_ai.tool.name", "safe"), ("mcpp.status", "ok")).ShouldBe(1);
        Moved("mcp.server.operation.duration", "count", ("mcp.method.name", "tools/call"), ("mcpp.status", "error"), ("error.type", "tool.unknown")).ShouldBe(1);
        Moved("mcp.server.operation.duration", "count", ("mcp.method.name", "tools/list")).ShouldBe(1);
        Moved("mcp.client.operation.duration", "count", ("mcp.method.name", "tools/call"), ("mcpp.server", _slug), ("network.transport", "tcp")).ShouldBe(1);
        Moved("http.server.request.duration", "count", ("http.route", "/mcp"), ("http.response.status_code", "200")).ShouldBeGreaterThanOrEqualTo(2);
        var seen = Moved("mcp.server.operation.duration", "sum", ("mcpp.server", _slug));
        Moved("mcp.client.operation.duration", "sum", ("mcpp.server", _slug)).ShouldBeInRange(1e-6, seen);

        double Moved(string name, string member, params (string, string)[] attributes) => Difference(before, after, name, member, attributes);
    }

    [Fact]
    public async Task The_stages_of_calls_add_up_to_their_duration_and_the_overhead_is_what_the_server_did_not_take()
    {
        await Register();
        var before = await Read();

        for (var i = 0; i < 10; i++)
        {
            await _caller.Call($"{_slug}__safe");
            await _caller.Call($"{_slug}__nothing");
        }

        var after = await Read();
        var spent = Spent(before, after);
        var duration = Difference(before, after, "mcp.server.operation.duration", "sum", ("mcp.method.name", "tools/call"));
        spent.Values.Sum().ShouldBe(duration, 1e-6);
        (Difference(before, after, "mcpp.gateway.overhead", "sum") + spent["upstream"]).ShouldBe(duration, 1e-6);
        Stages.Select(stage => Difference(before, after, "mcpp.gateway.stage.duration", "count", ("mcpp.stage", stage))).ShouldAllBe(count => count == 20);
        Difference(before, after, "mcpp.gateway.overhead", "count").ShouldBe(20);
        spent.Where(s => s.Key is not "queue").ShouldAllBe(s => s.Value > 0);
        spent["queue"].ShouldBe(0);
    }

    [Fact]
    public async Task A_slow_server_moves_the_upstreams_time_alone()
    {
        await Register();
        await _caller.Call($"{_slug}__safe");
        _upstream.OnCall = async _ =>
        {
            await Task.Delay(1500);
            return false;
        };
        var before = await Read();

        await _caller.Call($"{_slug}__safe");

        var spent = Spent(before, await Read());
        spent["upstream"].ShouldBeGreaterThan(1.4);
        spent.Where(s => s.Key != "upstream").Sum(s => s.Value).ShouldBeLessThan(0.7);
    }

    [Fact]
    public async Task A_slow_policy_moves_the_decisions_time_alone()
    {
        await Register();

        // Each of 1600 conditions looks at the whole of a long argument; none of their rules applies in the end.
        var conditions = Enumerable.Range(0, 16).Select(i => new { attribute = "arguments.text", @operator = i < 15 ? "neq" : "eq", value = "short" }).ToArray();
        var strict = Enumerable.Range(0, 100).Select(i => new { id = $"deny-{i}", effect = "deny", actions = (string[])["tools:call"], resources = (string[])["tool:*"], conditions });
        object[] grants = [new { id = "all", effect = "allow", actions = (string[])["*"], resources = (string[])["*"] }, .. strict];
        using var slow = Caller((await _steps.KeyWith($"slow-{_slug}", grants)).Text);
        var arguments = new JsonObject { ["text"] = new string('x', 2_000_000) };
        (await _caller.Call($"{_slug}__safe", arguments.DeepClone().AsObject())).Status.ShouldBe(HttpStatusCode.OK);
        var before = await Read();

        (await slow.Call($"{_slug}__safe", arguments)).Status.ShouldBe(HttpStatusCode.OK);

        var spent = Spent(before, await Read());
        spent["decide"].ShouldBeGreaterThan(0.05);
        spent.Where(s => s.Key is not ("decide" or "upstream")).ShouldAllBe(s => s.Value < spent["decide"] / 2);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_turn_moves_the_queues_time_and_shows_while_it_waits()
    {
        await Register(new { max_concurrency = 1 });
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _upstream.OnCall = async _ =>
        {
            await go.Task;
            return false;
        };
        var before = await Read();

        var first = _caller.Call($"{_slug}__safe");
        await Until.True(async () => (await Read()).Value("mcpp.gateway.calls.in_flight", ("mcpp.server", _slug)) == 1, TimeSpan.FromSeconds(10));
        var second = _caller.Call($"{_slug}__safe");
        await Until.True(async () => (await Read()).Value("mcpp.gateway.calls.waiting", ("mcpp.server", _slug)) == 1, TimeSpan.FromSeconds(10));
        await Task.Delay(300);
        (await second).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        go.SetResult();
        (await first).Status.ShouldBe(HttpStatusCode.OK);

        var after = await Read();
        Spent(before, after)["queue"].ShouldBeInRange(0.8, 3);
        (after.Value("mcpp.gateway.calls.in_flight", ("mcpp.server", _slug)), after.Value("mcpp.gateway.calls.waiting", ("mcpp.server", _slug))).ShouldBe((0, 0));
        Difference(before, after, "mcpp.gateway.rate_limited", "value", ("mcpp.limit", "concurrency")).ShouldBe(1);
    }

    [Fact]
    public async Task Refusals_are_counted_by_the_limit_that_it_was()
    {
        await Register(new { rate_limit = new { rate = 0.01, burst = 2 }, tool_rate_limits = new Dictionary<string, object> { ["safe"] = new { rate = 0.01, burst = 1 } } });
        var key = (await _steps.Admin.Post("/api/v1/keys", new { name = $"few-{_slug}", roles = (string[])["admin"], rate = 0.01, burst = 1 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        using var few = Caller(key);
        await Until.True(async () => (await few.Request("tools/list")).Status == HttpStatusCode.TooManyRequests, Steps.Propagation);
        var before = await Read();

        await few.Request("tools/list");
        (await _caller.Call($"{_slug}__safe")).Status.ShouldBe(HttpStatusCode.OK);
        (await _caller.Call($"{_slug}__safe")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await _caller.Call($"{_slug}__unsafe")).Status.ShouldBe(HttpStatusCode.OK);
        (await _caller.Call($"{_slug}__unsafe")).Status.ShouldBe(HttpStatusCode.TooManyRequests);

        var after = await Read();
        foreach (var limit in (string[])["key", "tool", "server"])
        {
            Difference(before, after, "mcpp.gateway.rate_limited", "value", ("mcpp.limit", limit)).ShouldBe(1, limit);
        }
    }

    [Fact]
    public async Task A_server_that_fails_moves_its_failed_attempts_its_breaker_and_its_health_and_back()
    {
        await Register();
        (await Health()).ShouldBe((1, 0));
        _upstream.Refuses(503);
        var before = await Read();

        await Until.True(async () => (await _caller.Call($"{_slug}__unsafe")).Text.Contains("breaker_open", StringComparison.Ordinal), TimeSpan.FromSeconds(20));

        var after = await Read();
        (await Health()).Health.ShouldBe(0);
        (await Health()).Breaker.ShouldNotBeNull().ShouldBeInRange(1, 2);
        var failed = Difference(before, after, "mcpp.gateway.attempts.failed", "value", ("error.type", "http_status"));
        failed.ShouldBeGreaterThanOrEqualTo(2);
        Difference(before, after, "mcp.client.operation.duration", "count", ("mcpp.server", _slug), ("error.type", "http_status")).ShouldBe(failed);

        _upstream.OnCall = _ => Task.FromResult(false);
        await Until.True(async () => (await _caller.Call($"{_slug}__safe")).ErrorCode is null && await Health() == (1, 0), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_breaker_that_is_forced_open_shows_as_such()
    {
        await Register();
        var id = (await Read()).Points("mcpp.gateway.breaker.state", ("mcpp.server", _slug)).ShouldHaveSingleItem()["attributes"]!["mcpp.endpoint"]!.GetValue<string>();

        (await _steps.Admin.Post($"/api/v1/breakers/{id}/force-open", new { })).Expect(HttpStatusCode.OK);

        await Until.True(async () => await Health() == (0, 3), Steps.Propagation);
    }

    [Fact]
    public async Task Connections_and_processes_show_while_they_stand_and_how_long_they_did()
    {
        var before = await Read();
        await _steps.Register(_slug, new { transport = "stdio", launcher = "supervised", variables = new { RUN = _slug } });
        await Until.True(async () => (await Read()).Value("mcpp.gateway.processes", ("mcpp.state", "running")) > before.Value("mcpp.gateway.processes", ("mcpp.state", "running")), TimeSpan.FromSeconds(20));
        (await Read()).Value("mcpp.gateway.connections", ("mcpp.state", "connected")).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1);

        (await _steps.Admin.Delete($"/api/v1/servers/{_slug}")).Expect(HttpStatusCode.NoContent);

        // Connections end one by one, and the two forms are read one after the other: they agree in a quiet moment.
        await Until.True(
            async () => Moved(before, await Read(), "mcp.client.session.duration", "count", ("network.transport", "pipe")) is { Json: >= 1 } moved && moved.Json == moved.Prometheus,
            TimeSpan.FromSeconds(20));
        await Until.True(async () => (await Read()).Points("mcpp.gateway.endpoint.health", ("mcpp.server", _slug)).Count == 0, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_legacy_clients_session_shows_while_it_lives_and_how_long_it_did()
    {
        var before = await Read();
        using var legacy = new LegacyCaller(new Uri(_steps.Platform.Address, "/mcp"), _steps.Platform.AdminKey);
        await legacy.ToolNames();
        (await Read()).Value("mcpp.gateway.sessions").ShouldBe(before.Value("mcpp.gateway.sessions") + 1);

        await legacy.End();

        // What belongs to a session is closed after its end was answered, maybe between the reading of one form and that of the other.
        await Until.True(
            async () => await Read() is var now && Moved(before, now, "mcp.server.session.duration", "count", ("mcp.protocol.version", "2025-11-25")) is (1, 1)
                && now.Value("mcpp.gateway.sessions") == before.Value("mcpp.gateway.sessions"),
            TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Records_move_the_spool_and_then_what_tracing_stored()
    {
        await Register();
        var before = await Read();
        await _caller.Call($"{_slug}__safe");

        await Until.True(async () => Stored(await Read()) > Stored(before), TimeSpan.FromSeconds(20));

        var after = await Read();
        (after.Sum("mcpp.tracing.batch.lag", "count") - before.Sum("mcpp.tracing.batch.lag", "count")).ShouldBeGreaterThanOrEqualTo(1);
        after.Value("mcpp.gateway.spool.used").ShouldNotBeNull().ShouldBeGreaterThan(0);
        after.Value("mcpp.gateway.spool.dropped").ShouldBe(0);

        static double Stored(MetricReading reading) => reading.Sum("mcpp.tracing.records.stored", "value");
    }

    [Fact]
    public async Task Snapshots_show_their_version_and_age()
    {
        await Register();
        var before = await Read();
        await _steps.KeyWith($"news-{_slug}", new { id = "all", effect = "allow", actions = (string[])["*"], resources = (string[])["*"] });
        await Register(slug: $"{_slug}n");

        var after = await Read();
        foreach (var snapshot in (string[])["policy", "registry"])
        {
            after.Value("mcpp.gateway.snapshot.version", ("mcpp.snapshot", snapshot)).ShouldNotBeNull().ShouldBeGreaterThan(before.Value("mcpp.gateway.snapshot.version", ("mcpp.snapshot", snapshot))!.Value);
            after.Value("mcpp.gateway.snapshot.age", ("mcpp.snapshot", snapshot)).ShouldNotBeNull().ShouldBeInRange(0, 30);
        }

        after.Value("mcpp.gateway.snapshots.refused").ShouldNotBeNull();
        await _steps.Admin.Delete($"/api/v1/servers/{_slug}n");
    }

    [Fact]
    public async Task Every_process_answers_for_itself_and_one_metric_can_be_asked_for()
    {
        var view = (await _steps.Admin.Get("/api/v1/admin/metrics?name=mcpp.gateway.stage.duration")).Expect(HttpStatusCode.OK).Json;

        var origins = view["origins"]!.AsArray();
        string[] expected = _steps.Platform is StandalonePlatform ? ["standalone"] : ["gateway", "policy", "registry", "factory", "tracing"];
        origins.Select(o => o!["service"]!.GetValue<string>()).ShouldBe(expected, ignoreOrder: true);
        origins.ShouldAllBe(o => o!["error"] == null && o["instance"] != null);
        var metric = view["metrics"]!.AsArray().ShouldHaveSingleItem()!;
        (metric["unit"]!.GetValue<string>(), metric["type"]!.GetValue<string>()).ShouldBe(("s", "histogram"));
        metric["points"]!.AsArray().Select(p => p!["attributes"]!["mcpp.stage"]!.GetValue<string>()).ShouldBe(Stages);
        metric["points"]![0]!["service"]!.GetValue<string>().ShouldBe(expected[0]);
    }

    [Fact]
    public async Task A_service_that_is_away_is_named_and_the_others_are_shown()
    {
        Assert.SkipUnless(_steps.Platform is DistributedPlatform, "In one process nobody is away.");
        var platform = (DistributedPlatform)_steps.Platform;
        await platform.Hold("factory");
        try
        {
            var view = (await _steps.Admin.Get("/api/v1/admin/metrics")).Expect(HttpStatusCode.OK).Json;

            var away = view["origins"]!.AsArray().Where(o => o!["error"] is not null).ShouldHaveSingleItem()!;
            (away["service"]!.GetValue<string>(), away["instance"], away["error"]!.GetValue<string>()).ShouldBe(("factory", null, "It does not answer."));
            view["metrics"]!.AsArray().SelectMany(m => m!["points"]!.AsArray()).Select(p => p!["service"]!.GetValue<string>()).Distinct()
                .ShouldBe(["gateway", "policy", "registry", "tracing"], ignoreOrder: true);
        }
        finally
        {
            platform.Release("factory");
            await platform.WaitUntilHealthy();
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_refused_with_the_reason()
    {
        var unknown = (await _steps.Admin.Get("/api/v1/admin/metrics?nam=x")).Expect(HttpStatusCode.BadRequest).Json["error"]!["details"]!.AsArray().ShouldHaveSingleItem()!;
        (unknown["field"]!.GetValue<string>(), unknown["message"]!.GetValue<string>()).ShouldBe(("nam", "is no parameter of this address; it takes name"));
        (await _steps.Admin.Get("/api/v1/admin/metrics?name=a&name=b")).Expect(HttpStatusCode.BadRequest);
        (await _steps.Admin.Get("/api/v1/admin/metrics?name=mcpp.nothing")).Expect(HttpStatusCode.NotFound).ErrorCode.ShouldBe("metric.unknown");
    }

    [Fact]
    public async Task Metrics_are_the_platforms_operators_and_no_tenants()
    {
        using var tenant = new ApiClient(_steps.Platform.Address, await TenantWallScenarios.Belongings.NewTenant(_steps));

        (await tenant.Get("/api/v1/admin/metrics")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await tenant.Get("/metrics")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static double Difference(MetricReading before, MetricReading after, string name, string member, params (string Name, string Value)[] attributes)
    {
        var moved = Moved(before, after, name, member, attributes);

        // The two are read one after the other: what is measured of reading itself may lie between them.
        moved.Prometheus.ShouldBe(moved.Json, name.StartsWith("http.", StringComparison.Ordinal) ? 5 : 1e-6, $"{name} in the two forms");
        return moved.Json;
    }

    /// <summary>By how much a metric moved, as each form has it.</summary>
    private static (double Json, double Prometheus) Moved(MetricReading before, MetricReading after, string name, string member, params (string Name, string Value)[] attributes)
    {
        if (after.Json["metrics"]!.AsArray().SingleOrDefault(m => m!["name"]!.GetValue<string>() == name) is not { } metric)
        {
            return (0, 0);
        }

        var prometheus = $"{name.Replace('.', '_')}{(metric["unit"]!.GetValue<string>() == "s" ? "_seconds" : "")}_{(member == "value" ? "total" : member)}";
        return (after.Sum(name, member, attributes) - before.Sum(name, member, attributes), after.Prometheus(prometheus, attributes) - before.Prometheus(prometheus, attributes));
    }

    private static Dictionary<string, double> Spent(MetricReading before, MetricReading after) =>
        Stages.ToDictionary(stage => stage, stage => Difference(before, after, "mcpp.gateway.stage.duration", "sum", ("mcpp.stage", stage)));

    private async Task<(double? Health, double? Breaker)> Health()
    {
        var reading = await Read();
        return (reading.Value("mcpp.gateway.endpoint.health", ("mcpp.server", _slug)), reading.Value("mcpp.gateway.breaker.state", ("mcpp.server", _slug)));
    }

    private Task<MetricReading> Read() => MetricReading.Settled(_steps.Admin);

    private ModernCaller Caller(string key) => new(new Uri(_steps.Platform.Address, "/mcp"), key);

    private async Task Register(object? terms = null, string? slug = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(terms ?? new { })!.AsObject();
        (body["transport"], body["url"]) = ("http", _upstream.Address.ToString());
        await _steps.Register(slug ?? _slug, body);
    }
}
