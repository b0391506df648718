using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;
using Shouldly;

namespace McpPlatform.UnitTests.Gateway.Caching;

/// <summary>A gateway's call path with a cache, over a server that counts what reaches it. Two tenants with a server <c>kb</c> each, and callers of the same names in both.</summary>
internal sealed class CacheScene : IUpstreams, IUpstreamConnection, IAsyncDisposable
{
    public const string Everything = """
        {"roles":[{"name":"caller","grants":[{"id":"all","effect":"allow","actions":["tools:call","prompts:get","resources:read"],"resources":["*"]}]},
                  {"name":"guest","grants":[{"id":"some","effect":"allow","actions":["tools:call"],"resources":["tool:kb/look"]}]}]}
        """;

    public static readonly Guid Other = new("11111111-1111-1111-1111-111111111111");

    private readonly TempFolder _folder = new();
    private readonly CallSpool _spool;
    private readonly CallPath _path;
    private int _serial;
    private int _version;

    /// <param name="bounds">Default: the usual ones.</param>
    /// <param name="shared">What it shares with other gateways.</param>
    /// <param name="time">The clock that it shares with them.</param>
    public CacheScene(CacheBounds? bounds = null, ISharedResults? shared = null, ManualTime? time = null)
    {
        Time = time ?? new ManualTime();
        var observer = new RecordingObserver();
        Store = new GatewayStateStore(new SnapshotFiles(_folder.File("snapshots"), Time), observer, Time);
        _spool = new CallSpool(new SpoolOptions(_folder.File("spool"), "gw", MaxBytes: 64_000_000), observer, TimeProvider.System);
        Cache = new ResultCache(Store, bounds ?? CacheBounds.Default, Time);
        var attempts = new ToolAttempts(new AttemptEngine(AttemptRules.Default, TimeProvider.System), new Balancer(BreakerRules.Default, Time), this, AttemptTimers.Default, observer, Time);
        _path = new CallPath(
            Store, new CallLimiter(new LimitShares(isAlone: true, Time), LimitDefaults.Default, Time), Bridges.Over(attempts, Time), new CallRecorder(_spool, Time), CallLimits.Default, Time,
            new CachedCalls(Cache, Time, shared));
        UsePolicy();
        UseServers();
    }

    public ManualTime Time { get; }

    public GatewayStateStore Store { get; }

    public ResultCache Cache { get; }

    /// <summary>What reached a server, by its parameters.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>The result object of the n-th request; unless said otherwise text "n" and nothing else.</summary>
    public Func<UpstreamRequest, int, CancellationToken, Task<JsonObject>> Answer { get; set; } = (_, n, _) => Task.FromResult(Text(n));

    public KnownSecrets Secrets { get; set; } = KnownSecrets.None;

    public bool IsClosed => false;

    public static JsonObject Text(int n) => new() { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"{n}" }) };

    /// <summary>Caller of a tenant: alice and bob may everything, guest only <c>look</c>.</summary>
    public static string Key(string subject, Guid? tenant = null) => Snapshots.Key[..^10] + $"{subject}{(tenant is null || tenant == DefaultTenant.Id ? "0" : "1")}".PadLeft(10, 'x');

    public void UsePolicy() => Store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(++_version, Of(DefaultTenant.Id, "default"), Of(Other, "other")))).ShouldBe(SnapshotOutcome.Taken);

    /// <summary>Takes every right from somebody of the first tenant.</summary>
    public void Bar(string subject) =>
        Store.OfferPolicy(Snapshots.Bytes(Snapshots.Policy(++_version, Of(DefaultTenant.Id, "default", subject), Of(Other, "other")))).ShouldBe(SnapshotOutcome.Taken);

    public void UseServers(ServerCache? cache = null, Func<ServerEntry, ServerEntry>? change = null)
    {
        cache ??= new ServerCache(["look", "shared*"], 60_000);
        var own = Server(DefaultTenant.Id, cache);
        Store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(++_version, change?.Invoke(own) ?? own, Server(Other, cache)))).ShouldBe(SnapshotOutcome.Taken);
    }

    public ServerRoute Route(Guid? tenant = null) => Store.Current.Registry.RoutesOf(tenant ?? DefaultTenant.Id).Servers["kb"];

    public async Task<Seen> Call(
        string target, string arguments = "{}", string subject = "alice", Guid? tenant = null, string method = McpMethods.CallTool, string more = "", ProtocolVersion? version = null,
        RequestTimers? timers = null, Guid? session = null, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? notify = null, CancellationToken token = default)
    {
        ApiKeys.Authenticate(Store.Current, Key(subject, tenant), Time, out var caller).ShouldBe(AuthenticationOutcome.Authenticated);
        var what = method == McpMethods.ReadResource ? $"\"uri\":\"{target}\"" : $"\"name\":\"{target}\",\"arguments\":{arguments}";
        var json = $$$"""{"jsonrpc":"2.0","id":7,"method":"{{{method}}}","params":{{{{what}}}{{{more}}}}}""";
        var call = new ToolCall
        {
            State = Store.Current,
            Caller = caller!,
            Credential = Key(subject, tenant),
            Server = "kb",
            Message = EnvelopeParser.Parse(Encoding.UTF8.GetBytes(json)).Envelope!,
            ProtocolVersion = version ?? ProtocolVersion.July2026,
            RequestId = "r1",
            StartedAt = Time.GetUtcNow(),
            StartedTimestamp = Time.GetTimestamp(),
            Timers = timers ?? RequestTimers.None,
            OnNotification = notify,
            Session = session,
            Client = session is null ? null : new UpstreamClient(ProtocolEra.Legacy, "{}"u8.ToArray(), default),
            Gone = token,
            GoneOrStopped = token,
        };
        call.Times = new CallTimes(call.StartedTimestamp, call.StartedTimestamp, call.StartedTimestamp, call.StartedTimestamp);
        using var outcome = await _path.Run(call, token);
        return new Seen(outcome.Answer is { } answer ? JsonNode.Parse(answer.Payload.Span)!.AsObject() : null, outcome.Refusal?.Code, call.Cache);
    }

    public Task<Seen> Read(string uri, string subject = "alice", Guid? tenant = null, CancellationToken token = default) =>
        Call(uri, subject: subject, tenant: tenant, method: McpMethods.ReadResource, token: token);

    public IReadOnlyList<CallRecord> Records() => new SpoolOutbox(_spool, TimeSpan.FromMinutes(1), new RecordingObserver(), Time).Next()?.Records ?? [];

    public ValueTask<UpstreamLease> Get(EndpointRoute endpoint, UpstreamUser user, CancellationToken cancellationToken) => new(new UpstreamLease(this, Secrets, null));

    public ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> Listen(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        Received.Enqueue(Encoding.UTF8.GetString(request.Params.Span));
        var result = await Answer(request, Interlocked.Increment(ref _serial), cancellationToken);
        var member = result.ContainsKey("code") ? "error" : "result";
        return new UpstreamAnswer(EnvelopeParser.Parse(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"{{member}}":{{result.ToJsonString()}}}""")).Envelope!, new MemoryStream());
    }

    public async ValueTask DisposeAsync()
    {
        await _spool.DisposeAsync();
        _folder.Dispose();
    }

    private static TenantPolicy Of(Guid tenant, string slug, string? barred = null) => Snapshots.Tenant(
        Everything, id: tenant, slug: slug,
        keys: [.. new[] { "alice", "bob", "guest" }.Select(subject => Snapshots.Grant(Key(subject, tenant), subject == barred ? "nobody" : subject == "guest" ? "guest" : "caller", subject: subject))]);

    private static ServerEntry Server(Guid tenant, ServerCache cache)
    {
        var face = new ServerFace("2026-07-28", null, null);
        return Snapshots.Server("kb") with
        {
            TenantId = tenant,
            ServerId = tenant == DefaultTenant.Id ? new Guid("00000000-0000-0000-0000-0000000000a1") : new Guid("00000000-0000-0000-0000-0000000000b1"),
            Tools = [.. new[] { "look", "write", "shared_read", "shared_write" }.Select(Tool)],
            Offer = new ServerOffer(null, face, [new OfferedItem("hello", JsonDocument.Parse("""{"name":"hello"}""").RootElement)], [], []),
            Cache = cache,
        };
    }

    private static ToolDefinition Tool(string name) => new(
        name, name, JsonDocument.Parse($$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":{{{(name.EndsWith("write", StringComparison.Ordinal) ? "false" : "true")}}}}}""").RootElement);
}

/// <summary>What a caller got.</summary>
internal sealed record Seen(JsonObject? Result, string? Refusal, CacheNote? Note)
{
    public string Text => Result!["content"]![0]!["text"]!.GetValue<string>();

    public CacheUse? Use => Note?.Use;
}
