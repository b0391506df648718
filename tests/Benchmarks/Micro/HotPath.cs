using System.Text;
using McpPlatform.Benchmarks.Wire;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.PolicyEngine;
using McpPlatform.ServiceDefaults;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>The entry points, ready to be called: 1000 keys, 100 servers with 10 tools each, 20 rules or 1000, a call of 300 bytes.</summary>
internal sealed class HotPath : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-benchmark-spool-").FullName;
    private readonly GatewayState _state = State(rules: 20);
    private readonly GatewayState _manyRules = State(rules: 1000);
    private readonly byte[] _message = Encoding.UTF8.GetBytes(
        $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bench__echo","arguments":{"text":"{{{{new string('x', 100)}}}}","path":"/tmp/a","password":"hunter22"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""");
    private readonly byte[] _clean = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 100)}}","path":"/tmp/a","limit":20,"next":"page 2"}""");
    private readonly byte[] _large = Encoding.UTF8.GetBytes(
        $$"""{"items":[{{string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"id":{{i}},"name":"item {{i}}","note":"{{new string('n', 40)}}"}"""))}}],"token":"abcdef0123456789"}""");
    private readonly CallSpool _spool;

    public HotPath() => _spool = new CallSpool(new SpoolOptions(_folder, "bench", MaxBytes: 4L << 30), new Silence(), TimeProvider.System);

    public IEnumerable<(string Name, Func<ValueTask> Operation)> EntryPoints()
    {
        ApiKeys.Authenticate(_state, Scenery.Key, TimeProvider.System, out var caller);
        ApiKeys.Authenticate(_manyRules, Scenery.Key, TimeProvider.System, out var strict);
        var tool = _state.Registry.RoutesOf(Scenery.Tenant).ByName["bench__echo"];
        var envelope = EnvelopeParser.Parse(_message).Envelope!;
        var scope = new RedactionScope(Scenery.Key, KnownSecrets.None);
        var record = Record(caller!);

        yield return ("authenticate: ApiKeys.Authenticate", Sync(() => ApiKeys.Authenticate(_state, Scenery.Key, TimeProvider.System, out _)));
        yield return ("envelope: EnvelopeParser.Parse", Sync(() => EnvelopeParser.Parse(_message)));
        yield return ("resolve: RoutesOf + ByName", Sync(() => _state.Registry.RoutesOf(Scenery.Tenant).ByName.TryGetValue("bench__echo", out _)));
        yield return ("decide: CompiledPolicy.Decide, 20 rules", Sync(() => Decide(caller!, tool, envelope)));
        yield return ("decide: CompiledPolicy.Decide, 1000 rules", Sync(() => Decide(strict!, tool, envelope)));
        yield return ("list: CatalogList.TryWrite, 1000 tools on 5 pages, 20 rules", Sync(() => List(_state, caller!)));
        yield return ("list: CatalogList.TryWrite, 1000 tools on 5 pages, 1000 rules", Sync(() => List(_manyRules, strict!)));
        yield return ("rewrite: JsonSplice.Write", Sync(() =>
        {
            using var buffer = new PooledBuffer(envelope.Params.Length + 64);
            JsonSplice.Write(envelope.Params.Span, tool.OwnName, buffer);
        }));
        yield return ($"redact: Redactor.Json, {_clean.Length} bytes without secrets", Sync(() => Redactor.Json(_clean, scope)));
        yield return ($"redact: Redactor.Json, {envelope.Arguments.Length} bytes with one", Sync(() => Redactor.Json(envelope.Arguments.Span, scope)));
        yield return ($"redact: Redactor.Json, {_large.Length} bytes with one", Sync(() => Redactor.Json(_large, scope)));
        var shares = new LimitShares(isAlone: false, TimeProvider.System);
        var places = tool.Server.Bulkhead;
        yield return ("limit: LimitShares.TryTake, and its text", Sync(() =>
        {
            shares.TryTake(caller!.Rate, out var use);
            use.Terms.Text.At(use.Left);
        }));
        yield return ("limit: Bulkhead, in and out", Sync(() =>
        {
            if (places.TryEnter())
            {
                places.Leave();
            }
        }));
        foreach (var (name, operation) in new SetScene(_state).EntryPoints())
        {
            yield return (name, Sync(operation));
        }

        var cache = new CacheScene(_state, _folder, envelope);
        yield return ("cache: CachedCalls.Of, a call of which nothing is kept", Sync(cache.Asked));
        yield return ("cache: CachedCalls.Of, the names of one that may be kept", Sync(cache.Named));
        yield return ("cache: CachedCalls.Run, a hit, names and answer included", cache.Hit);
        yield return ("cache: CachedCalls.Run, a miss that is kept, flight included", cache.Miss);
        var search = new SearchScene();
        yield return ("search: ToolSearch.Find, 767 tools, by words", Sync(search.ByWords));
        yield return ("search: ToolSearch.Find, 767 tools, by words and vectors of 256", Sync(search.ByBoth));
        yield return ("compile: RegistryState.Compile, 767 tools with vectors and one set", Sync(search.Compile));
        foreach (var measured in Measuring(caller!, envelope))
        {
            yield return measured;
        }

        var attempts = new AttemptScene(_state, caller!, envelope);
        yield return ("attempt: AttemptEngine.Run, answered at once", attempts.AtOnce);
        yield return ("attempt: AttemptEngine.Run, answered later", attempts.Later);
        yield return ("record: CallSpool.Append, alone, until written", async () =>
        {
            if (!await _spool.Append(record))
            {
                throw new InvalidOperationException("The spool dropped a record: its folder has no room.");
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _spool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static GatewayState State(int rules) => new(
        PolicyState.Compile(Scenery.Policy(keys: 1000, rules), PolicyState.Empty),
        RegistryState.Compile(Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), Scenery.Servers, Scenery.ToolsEach), RegistryState.Empty),
        0,
        0);

    /// <summary>What it costs a call to be measured, with somebody who listens as in every process.</summary>
    private IEnumerable<(string Name, Func<ValueTask> Operation)> Measuring(Caller caller, Envelope envelope)
    {
        var store = new MetricStore([new Kept(GatewayMetrics.StageDurationName), new Kept(GatewayMetrics.OverheadName)]);
        store.StartAsync(CancellationToken.None);
        var (server, time) = (_state.Registry.RoutesOf(Scenery.Tenant).Servers["bench"], TimeProvider.System);
        var call = AttemptScene.Call(_state, caller, envelope);
        call.End = CallEnd.Ok;
        yield return ("measure: what a call spends at its stages, eight looks at the clock", Sync(() =>
        {
            var now = time.GetTimestamp();
            call.Times = new CallTimes(now, now, now, now);
            for (var stage = CallStage.Decide; stage <= CallStage.Write; stage++)
            {
                call.Times.Enter(stage, time.GetTimestamp());
            }

            call.Times.End(time.GetTimestamp());
        }));
        yield return ("measure: StageTimes.Record, nine histograms", Sync(() => GatewayMetrics.Stages.Record(call.Times)));
        yield return ("measure: GatewayMetrics.AttemptEnded", Sync(() => GatewayMetrics.AttemptEnded("tools/call", server.Endpoints[0], null, TimeSpan.FromMilliseconds(1))));
        yield return ("measure: GatewayMetrics.CallEnded, stages included", Sync(() => GatewayMetrics.CallEnded(call, time.GetTimestamp())));
        store.Dispose();
    }

    /// <summary>As a client does that wants to see everything.</summary>
    private static void List(GatewayState state, Caller caller)
    {
        string? cursor = null;
        var pages = 0;
        do
        {
            using var page = new PooledBuffer(16 * 1024);
            if (!CatalogList.TryWrite(state, caller, McpMethods.ListTools, null, ProtocolEra.Modern, cursor, new Asked(DateTimeOffset.UnixEpoch, null), page))
            {
                throw new InvalidOperationException("The cursor must be good.");
            }

            cursor = JsonMembers.Text(JsonMembers.Find(page.Written, "nextCursor"u8));
            pages++;
        }
        while (cursor is not null);
        if (pages != 5)
        {
            throw new InvalidOperationException($"{pages} pages are not five.");
        }
    }

    private static Func<ValueTask> Sync(Action operation) => () =>
    {
        operation();
        return ValueTask.CompletedTask;
    };

    private static void Decide(Caller caller, ToolRoute tool, Envelope envelope)
    {
        var decision = caller.Policy.Decide(new AccessRequest
        {
            Principal = caller.Principal,
            Action = Actions.ToolsCall,
            Kind = TargetKind.Tool,
            Server = tool.Server.Slug,
            Name = tool.Name,
            Environment = tool.Server.Environment,
            Method = "tools/call",
            Arguments = envelope.Arguments.Span,
        });
        if (decision.Effect != Effect.Allow)
        {
            throw new InvalidOperationException("The policy of the measurement must allow its call.");
        }
    }

    private static CallRecord Record(Caller caller) => new(
        Guid.CreateVersion7(), caller.TenantId, DateTimeOffset.UnixEpoch, 1500, caller.Subject, caller.KeyId, "tools/call", "bench", "echo", "ok", null,
        "2026-07-28", "all", 1, 300, 200, """{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}""", $$"""{"content":[{"type":"text","text":"{{UpstreamServer.Marker}}"}]}""",
        "0af7651916cd43dd8448eb211c80319c", "0193", "bench");

    /// <summary>As the gateway keeps the histograms of stages: nobody listens to them.</summary>
    private sealed class Kept(string name) : IMetricSource
    {
        public string Name => name;

        public MetricFamily Read() => new(name, "s", MetricFamily.Histogram, "", []);
    }

    internal sealed class Silence : McpPlatform.Gateway.IGatewayObserver
    {
        public void SpoolFailed(Exception exception) => throw new InvalidOperationException("The spool of the measurement failed.", exception);

        public void BreakerChanged(string server, string endpoint, bool isOpen)
        {
        }

        public void SpoolDamaged(long segment, long offset, long bytes)
        {
        }

        public void SnapshotTaken(string name, long version)
        {
        }

        public void SnapshotRefused(string name, long? version)
        {
        }

        public void SnapshotUnreadable(string name, Exception exception)
        {
        }

        public void SnapshotNotKept(string name, Exception exception)
        {
        }

        public void ToolRepaired(string server, string tool, string repairs)
        {
        }

        public void ToolSetLeftOut(Guid tenantId, string slug)
        {
        }

        public void PolicyMalformed(int problems)
        {
        }
    }
}
