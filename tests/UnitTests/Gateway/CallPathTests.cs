using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class CallPathTests : IAsyncDisposable
{
    private const string Mixed = """
        {"roles":[{"name":"caller","grants":[
          {"id":"all","effect":"allow","actions":["tools:call"],"resources":["tool:files/*"]},
          {"id":"no-delete","effect":"deny","actions":["tools:call"],"resources":["tool:files/delete"]},
          {"id":"no-etc","effect":"deny","actions":["tools:call"],"resources":["tool:files/read"],
           "conditions":[{"attribute":"arguments.path","operator":"eq","value":"/etc/shadow"}]},
          {"id":"ask","effect":"require_approval","actions":["tools:call"],"resources":["tool:files/write"]}]}]}
        """;

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingObserver _observer = new();
    private readonly FakeUpstreams _upstreams = new();
    private readonly GatewayStateStore _store;
    private readonly CallSpool _spool;
    private LimitDefaults _limits = LimitDefaults.Default;
    private AttemptTimers _timers = AttemptTimers.Default;
    private TimeProvider? _limiterTime;
    private ToolCall? _last;

    public CallPathTests()
    {
        _store = new GatewayStateStore(new SnapshotFiles(_folder.File("snapshots"), _time), _observer, _time);
        _spool = new CallSpool(new SpoolOptions(_folder.File("spool"), "gw", MaxBytes: 2_000_000), _observer, TimeProvider.System);
        Use(Mixed);
    }

    public async ValueTask DisposeAsync()
    {
        await _spool.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_allowed_call_reaches_its_server_under_its_own_name_with_every_other_byte_kept()
    {
        using var outcome = await Call("files__list", """{"name":"files__list","arguments":{"n":9007199254740993.0},"x":1}""");

        outcome.Refusal.ShouldBeNull();
        _upstreams.Received.ShouldBe([("files", """{"name":"list","arguments":{"n":9007199254740993.0},"x":1}""")]);
        Record().ShouldSatisfyAllConditions(
            r => (r.Status, r.Server, r.Tool, r.RuleId, r.Subject).ShouldBe(("ok", "files", "list", "caller/all", "alice")),
            r => r.Arguments.ShouldBe("""{"n":9007199254740993.0}"""),
            r => r.Result.ShouldBe("""{"content":[]}"""));
    }

    [Fact]
    public async Task On_a_servers_own_endpoint_the_parameters_pass_untouched()
    {
        await Call("list", """{ "name" : "list" }""", server: "files");

        _upstreams.Received.ShouldBe([("files", """{ "name" : "list" }""")]);
    }

    [Fact]
    public async Task A_hidden_tool_and_one_that_does_not_exist_get_the_same_answer_and_different_records()
    {
        var hidden = await Call("files__delete");
        var other = await Call("secret__x");
        var unknown = await Call("files__nothing");

        hidden.Refusal!.Error.ShouldBe(unknown.Refusal!.Error);
        other.Refusal!.Error.ShouldBe(unknown.Refusal.Error);
        unknown.Refusal.Error.Code.ShouldBe(ErrorCodes.InvalidParams);
        _upstreams.Received.ShouldBeEmpty();
        Records().Select(r => (r.Status, r.ErrorCode, r.RuleId))
            .ShouldBe([("denied", "policy.denied", "caller/no-delete"), ("denied", "policy.denied", null), ("error", "tool.unknown", null)]);
    }

    [Fact]
    public async Task A_tool_denied_by_its_arguments_says_so_and_works_with_others()
    {
        var denied = await Call("files__read", """{"name":"files__read","arguments":{"path":"/etc/shadow"}}""");
        var allowed = await Call("files__read", """{"name":"files__read","arguments":{"path":"/tmp/x"}}""");

        denied.Refusal!.Code.ShouldBe("policy.denied");
        denied.Refusal.Error.Code.ShouldBe(ErrorCodes.AccessDenied);
        Encoding.UTF8.GetString(denied.Refusal.Error.Data.Span).ShouldBe("""{"code":"policy.denied"}""");
        allowed.Refusal.ShouldBeNull();
        _upstreams.Received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_tool_that_needs_approval_is_not_called()
    {
        (await Call("files__write")).Refusal!.Code.ShouldBe("approval_required");
        _upstreams.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_policy_that_nobody_confirmed_for_too_long_denies_until_it_is_confirmed()
    {
        _time.Advance(CallLimits.Default.MaxStaleness + TimeSpan.FromSeconds(1));
        (await Call("files__list")).Refusal!.Code.ShouldBe("policy_stale");

        _store.ConfirmPolicy();

        (await Call("files__list")).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_requires_audit_is_not_called_when_the_record_would_be_lost_and_others_are()
    {
        while (_spool.Accepts)
        {
            await Call("files__list", $$$"""{"name":"files__list","arguments":{"x":"{{{new string('x', 15_000)}}}"}}""");
        }

        _upstreams.Received.Clear();
        Use(Mixed, audited: true);

        (await Call("files__list")).Refusal!.Code.ShouldBe("audit_unavailable");
        _upstreams.Received.ShouldBeEmpty();

        Use(Mixed, audited: false);
        (await Call("files__list")).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task Cancelling_reaches_the_server_and_is_recorded()
    {
        using var cancel = new CancellationTokenSource();
        var reached = new TaskCompletionSource<bool>();
        _upstreams.Answer = async (_, token) =>
        {
            await cancel.CancelAsync();
            reached.SetResult(token.IsCancellationRequested);
            await Task.Delay(Timeout.Infinite, token);
            return "";
        };

        await Should.ThrowAsync<OperationCanceledException>(async () => await Call("files__list", token: cancel.Token));

        (await reached.Task).ShouldBeTrue();
        Record().Status.ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_server_that_stays_silent_is_given_up_after_the_time_to_the_first_byte()
    {
        _timers = AttemptTimers.Default with { Headers = TimeSpan.FromMilliseconds(30), FirstByte = TimeSpan.FromMilliseconds(30) };
        _upstreams.Answer = Silence;

        var outcome = await Call("files__list");

        outcome.Refusal!.Error.Code.ShouldBe(ErrorCodes.UpstreamTimeout);
        Encoding.UTF8.GetString(outcome.Refusal.Error.Data.Span)
            .ShouldBe("""{"code":"upstream.timeout","timer":"headers","timerMs":30,"attempts":1,"stopped":"not_repeatable"}""");
        Record().ErrorCode.ShouldBe("upstream.timeout");
    }

    [Fact]
    public async Task Signs_of_life_keep_a_call_going_within_the_total()
    {
        _timers = new AttemptTimers(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(1));
        _upstreams.Answer = async (request, token) =>
        {
            for (var i = 0; i < 6; i++)
            {
                await Task.Delay(100, token);
                await request.OnNotification!("{}"u8.ToArray(), token);
            }

            return """{"jsonrpc":"2.0","id":1,"result":{}}""";
        };
        (await Call("files__list")).Refusal.ShouldBeNull();

        _upstreams.Answer = async (request, token) =>
        {
            await request.OnNotification!("{}"u8.ToArray(), token);
            return await Silence(request, token);
        };
        (await Call("files__list")).Refusal!.Code.ShouldBe("upstream.timeout");
    }

    [Theory]
    [InlineData(UpstreamFailure.Connect, 0, "upstream.connect_failed"), InlineData(UpstreamFailure.Protocol, 0, "upstream.protocol_error")]
    [InlineData(UpstreamFailure.Closed, 0, "upstream.closed"), InlineData(UpstreamFailure.TooLarge, 0, "upstream.too_large")]
    [InlineData(UpstreamFailure.HttpStatus, 401, "upstream.unauthorized"), InlineData(UpstreamFailure.HttpStatus, 500, "upstream.http_status")]
    public async Task Failures_of_a_server_are_told_by_their_kind(UpstreamFailure kind, int status, string code)
    {
        _upstreams.Answer = (_, _) => throw (status == 0 ? new UpstreamException(kind, "It failed.") : new UpstreamException(status));

        (await Call("files__list")).Refusal!.Code.ShouldBe(code);
        Record().ShouldSatisfyAllConditions(r => r.Status.ShouldBe("error"), r => r.ErrorCode.ShouldBe(code));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_or_no_object_does_not_get_through()
    {
        _upstreams.Answer = (_, _) => Task.FromResult("""{"jsonrpc":"2.0","id":1,"result":[1]}""");
        (await Call("files__list")).Refusal!.Code.ShouldBe("upstream.protocol_error");

        _upstreams.Answer = (_, _) => Task.FromResult($$$"""{"jsonrpc":"2.0","id":1,"result":{"x":"{{{new string('x', 11 << 20)}}}"}}""");
        (await Call("files__list")).Refusal!.Code.ShouldBe("upstream.too_large");
    }

    [Fact]
    public async Task Tool_errors_and_protocol_errors_pass_through_and_are_told_apart_in_records()
    {
        _upstreams.Answer = (_, _) => Task.FromResult("""{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}""");
        (await Call("files__list")).Answer!.IsError.ShouldBeFalse();
        _upstreams.Answer = (_, _) => Task.FromResult("""{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}""");
        (await Call("files__list")).Answer!.ErrorCode.ShouldBe(-32602);

        Records().Select(r => (r.Status, r.ErrorCode)).ShouldBe([("tool_error", "tool.error"), ("error", "upstream.error")]);
    }

    [Fact]
    public async Task Secrets_reach_the_caller_as_the_server_sent_them_and_no_record()
    {
        _upstreams.Secrets = new KnownSecrets(["upstream-credential"]);
        _upstreams.Answer = (_, _) => Task.FromResult("""{"jsonrpc":"2.0","id":1,"result":{"token":"t0ps3cret","echo":"upstream-credential"}}""");

        using var outcome = await Call("files__list", $$$"""{"name":"files__list","arguments":{"key":"{{{Snapshots.Key}}}","password":"hunter2"}}""");

        Encoding.UTF8.GetString(outcome.Answer!.Payload.Span).ShouldContain("t0ps3cret");
        Record().ShouldSatisfyAllConditions(
            r => r.Result.ShouldBe("""{"token":"***","echo":"***"}"""),
            r => r.Arguments.ShouldBe("""{"key":"***","password":"***"}"""));
    }

    [Fact]
    public async Task A_servers_own_credential_comes_back_to_nobody_however_it_is_written()
    {
        _upstreams.Secrets = new KnownSecrets([KeyValuePair.Create("Authorization", "Bearer up/stream+\"credential\""), KeyValuePair.Create("X-Region", "north-by-west")]);
        _upstreams.Answer = (_, _) => Task.FromResult("""
            {"jsonrpc":"2.0","id":1,"result":{"a":"Bearer up/stream+\"credential\"!","b":"up\/stream+\"credential\"","c":"up/stream\u002B\u0022credential\u0022","d":"north-by-west"}}
            """);

        using var outcome = await Call("files__list");

        using var json = System.Text.Json.JsonDocument.Parse(outcome.Answer!.Payload);
        json.RootElement.EnumerateObject().Select(m => m.Value.GetString()!.Trim('*')).ShouldBe(["!", "", "", "north-by-west"]);
    }

    [Fact]
    public void Lists_show_what_could_be_allowed_and_nothing_else()
    {
        Names(List()).ShouldBe(["files__list", "files__read", "files__write"]);
        Names(List(server: "files")).ShouldBe(["list", "read", "write"]);
    }

    [Fact]
    public void Long_lists_come_in_pages_without_gap_or_repetition()
    {
        var names = Enumerable.Range(0, 450).Select(i => $"t{i:D4}").ToArray();
        Use(Snapshots.AllowAll, tools: names);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = List(cursor);
            seen.AddRange(Names(page));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        seen.ShouldBe([.. names.Select(name => "files__" + name), "secret__x"]);
    }

    [Theory]
    [InlineData(""), InlineData("x"), InlineData("AAAAAAAAAAAA"), InlineData("?"), InlineData("dDAwMDE")]
    public void A_cursor_that_is_none_of_ours_is_refused(string cursor)
    {
        using var output = new PooledBuffer();
        CatalogList.TryWrite(_store.Current, Caller(), McpMethods.ListTools, null, ProtocolEra.Legacy, cursor, new Asked(_time.GetUtcNow(), null), output).ShouldBeFalse();
        output.Written.Length.ShouldBe(0);
    }

    [Fact]
    public void A_server_of_which_nothing_may_be_called_cannot_be_seen()
    {
        var servers = _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers;
        var asked = new Asked(_time.GetUtcNow(), null);

        Access.IsVisible(Caller(), servers["files"], asked).ShouldBeTrue();
        Access.IsVisible(Caller(), servers["secret"], asked).ShouldBeFalse();
    }

    private static async Task<string> Silence(UpstreamRequest request, CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return "";
    }

    private static IEnumerable<string> Names(JsonElement page) => page.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!);

    private JsonElement List(string? cursor = null, string? server = null)
    {
        using var output = new PooledBuffer();
        var route = server is null ? null : _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers[server];
        CatalogList.TryWrite(_store.Current, Caller(), McpMethods.ListTools, route, ProtocolEra.Legacy, cursor, new Asked(_time.GetUtcNow(), null), output).ShouldBeTrue();
        return JsonDocument.Parse(output.Written.ToArray()).RootElement;
    }

    private void Use(string document, bool audited = false, string[]? tools = null)
    {
        var version = _store.Current.Registry.Version + 2;
        var files = Snapshots.Server("files", tools ?? ["list", "read", "write", "delete"]) with { Tags = audited ? ["audit"] : [] };
        _store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(version, Snapshots.Tenant(document)))).ShouldBe(SnapshotOutcome.Taken);
        _store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(version, files, Snapshots.Server("secret", "x")))).ShouldBe(SnapshotOutcome.Taken);
    }

    private McpPlatform.Gateway.State.Caller Caller()
    {
        ApiKeys.Authenticate(_store.Current, Snapshots.Key, _time, out var caller).ShouldBe(AuthenticationOutcome.Authenticated);
        return caller!;
    }

    private async Task<CallOutcome> Call(string name, string? parameters = null, string? server = null, CancellationToken token = default)
    {
        var json = $$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{parameters ?? $$"""{"name":"{{name}}"}"""}}}""";
        var call = new ToolCall
        {
            State = _store.Current,
            Caller = Caller(),
            Credential = Snapshots.Key,
            Server = server,
            Message = EnvelopeParser.Parse(Encoding.UTF8.GetBytes(json)).Envelope!,
            ProtocolVersion = ProtocolVersion.July2026,
            RequestId = "r1",
            StartedAt = _time.GetUtcNow(),
            StartedTimestamp = _time.GetTimestamp(),
            OnNotification = (_, _) => ValueTask.CompletedTask,
        };
        _last = call;
        call.Times = new CallTimes(call.StartedTimestamp, call.StartedTimestamp, call.StartedTimestamp, call.StartedTimestamp);
        var path = new CallPath(_store, new CallLimiter(new LimitShares(isAlone: true, _limiterTime ?? _time), _limits, _time), Bridges.Over(new ToolAttempts(new AttemptEngine(AttemptRules.Default, TimeProvider.System), new Balancer(BreakerRules.Default, _time), _upstreams, _timers, _observer, _time), _time), new CallRecorder(_spool, _time), CallLimits.Default, _time);
        return await path.Run(call, token);
    }

    [Fact]
    public async Task Over_the_rate_of_tool_or_server_a_call_is_refused_and_the_refusal_names_it()
    {
        Limit(new ServerLimits(new CallRate(0.01, 3), new Dictionary<string, CallRate> { ["list"] = new(0.01, 1) }));

        (await Call("files__list")).Refusal.ShouldBeNull();
        Data(await Call("files__list")).ShouldBe("""{"code":"rate_limited","limit":"tool","value":0.01,"burst":1,"retryAfterSeconds":100}""");
        (await Call("files__read")).Refusal.ShouldBeNull();
        (await Call("files__read")).Refusal.ShouldBeNull();
        Data(await Call("files__read")).ShouldContain("\"limit\":\"server\"");
        (_upstreams.Received.Count, Records().Count(r => r.ErrorCode == "rate_limited")).ShouldBe((3, 2));
    }

    [Fact]
    public async Task A_call_waits_for_a_place_and_has_less_time_for_having_waited()
    {
        Limit(new ServerLimits(MaxConcurrency: 1));
        var first = new TaskCompletionSource();
        _upstreams.Answer = async (_, _) =>
        {
            await first.Task;
            return """{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""";
        };

        var calls = Enumerable.Range(0, 3).Select(_ => Call("files__list")).ToList();
        await Until(() => Files().Bulkhead.Waiting == 2);
        _upstreams.Received.Count.ShouldBe(1);
        first.SetResult();

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.Refusal == null);
        Files().Bulkhead.UnderWay.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_whose_caller_hangs_up_while_it_waits_is_recorded_as_cancelled_and_takes_no_place()
    {
        Limit(new ServerLimits(MaxConcurrency: 1));
        Files().Bulkhead.TryEnter().ShouldBeTrue();
        using var hangUp = new CancellationTokenSource();
        var waiting = Call("files__list", token: hangUp.Token);
        await Until(() => Files().Bulkhead.Waiting == 1);

        await hangUp.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        (Files().Bulkhead.Waiting, _upstreams.Received.Count, Record().Status).ShouldBe((0, 0, "cancelled"));
    }

    [Fact]
    public async Task Without_a_place_in_time_a_call_is_refused_and_leaves_every_place()
    {
        Limit(new ServerLimits(MaxConcurrency: 1), tenant: 1);
        _limits = _limits with { LongestWait = TimeSpan.FromMilliseconds(20) };
        Files().Bulkhead.TryEnter();
        Data(await Call("files__list")).ShouldBe("""{"code":"concurrency_limited","limit":"concurrency","scope":"server","value":1,"reason":"queue_timeout","retryAfterSeconds":1}""");
        Files().Bulkhead.Leave();

        Caller().Bulkhead.TryEnter();
        Data(await Call("files__list")).ShouldContain("\"scope\":\"tenant\"");
        Caller().Bulkhead.Leave();

        (await Call("files__list")).Refusal.ShouldBeNull();
        (Files().Bulkhead.UnderWay, Caller().Bulkhead.UnderWay).ShouldBe((0, 0));
    }

    [Fact]
    public async Task What_the_server_takes_is_the_upstreams_and_nobody_elses()
    {
        _upstreams.Answer = (_, _) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(300));
            return Task.FromResult("""{"jsonrpc":"2.0","id":1,"result":{"content":[]}}""");
        };

        (await Call("files__list")).Refusal.ShouldBeNull();

        Spent().ShouldBe([(CallStage.Upstream, 300)]);
        _last!.End.Status.ShouldBe("ok");
    }

    [Fact]
    public async Task What_deciding_takes_is_the_decisions_also_of_a_call_that_is_refused()
    {
        Limit(new ServerLimits(new CallRate(0.01, 1)));
        _limiterTime = new SlowTime(_time, TimeSpan.FromMilliseconds(7));

        (await Call("files__list")).Refusal.ShouldBeNull();
        Spent().Select(s => s.Stage).ShouldBe([CallStage.Decide]);

        (await Call("files__list")).Refusal.ShouldNotBeNull();
        Spent().Select(s => s.Stage).ShouldBe([CallStage.Decide]);
        (_last!.End.Status, _last.End.Code).ShouldBe(("error", "rate_limited"));
    }

    [Fact]
    public async Task What_waiting_takes_is_the_queues()
    {
        Limit(new ServerLimits(MaxConcurrency: 1));
        Files().Bulkhead.TryEnter().ShouldBeTrue();
        var waiting = Call("files__list");
        await Until(() => Files().Bulkhead.Waiting == 1);
        _time.Advance(TimeSpan.FromMilliseconds(40));

        Files().Bulkhead.Leave();

        (await waiting).Refusal.ShouldBeNull();
        Spent().ShouldBe([(CallStage.Queue, 40)]);
    }

    [Fact]
    public async Task Whoever_listens_to_the_histograms_of_stages_is_told_each_value()
    {
        var heard = new List<(string Name, string? Stage, double Value)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name is GatewayMetrics.StageDurationName or GatewayMetrics.OverheadName)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        var thread = Environment.CurrentManagedThreadId;
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            // Calls of other tests are measured on other threads.
            if (Environment.CurrentManagedThreadId == thread)
            {
                heard.Add((instrument.Name, tags.Length == 0 ? null : tags[0].Value as string, value));
            }
        });
        (await Call("files__list")).Refusal.ShouldBeNull();
        var now = Stopwatch.GetTimestamp();
        _last!.Times = new CallTimes(now, now + 1_000, now + 3_000, now + 10_000);
        _last.Times.Enter(CallStage.Upstream, now + 20_000);
        listener.Start();
        thread = Environment.CurrentManagedThreadId;

        GatewayMetrics.CallEnded(_last, now + 60_000);

        var frequency = (double)Stopwatch.Frequency;
        heard.Select(h => (h.Stage, Math.Round(h.Value * frequency))).ShouldBe(
            [("parse", 8_000), ("authenticate", 2_000), ("decide", 10_000), ("queue", 0), ("upstream", 40_000), ("shape", 0), ("record", 0), ("write", 0), (null, 20_000)]);
    }

    /// <summary>The stages of the last call at which any time was spent, in milliseconds.</summary>
    private IReadOnlyList<(CallStage Stage, double Milliseconds)> Spent()
    {
        _last!.Times.End(_time.GetTimestamp());
        var times = _last.Times;
        _time.GetElapsedTime(_last.StartedTimestamp, _time.GetTimestamp()).ShouldBe(_time.GetElapsedTime(0, times.Total));
        return [.. Enum.GetValues<CallStage>().Select(stage => (stage, _time.GetElapsedTime(0, times[stage]).TotalMilliseconds)).Where(s => s.TotalMilliseconds > 0)];
    }

    /// <summary>Whoever looks at it has taken a while.</summary>
    private sealed class SlowTime(ManualTime time, TimeSpan by) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp()
        {
            time.Advance(by);
            return time.GetTimestamp();
        }
    }

    private static string Data(CallOutcome outcome) => Encoding.UTF8.GetString(outcome.Refusal!.Error.Data.Span);

    private ServerRoute Files() => _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["files"];

    private void Limit(ServerLimits limits, int? tenant = null)
    {
        var version = _store.Current.Registry.Version + 2;
        _store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(version, Snapshots.Tenant() with { MaxConcurrency = tenant }))).ShouldBe(SnapshotOutcome.Taken);
        _store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(version, Snapshots.Server("files", "list", "read") with { Limits = limits }))).ShouldBe(SnapshotOutcome.Taken);
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (!holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private CallRecord Record() => Records().ShouldHaveSingleItem();

    private IReadOnlyList<CallRecord> Records() => new SpoolOutbox(_spool, TimeSpan.FromMinutes(1), new RecordingObserver(), _time).Next()?.Records ?? [];
}
