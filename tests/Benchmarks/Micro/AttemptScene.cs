using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>One call that goes well at its first attempt: what the engine itself costs, since the server behind it costs nothing.</summary>
internal sealed class AttemptScene : IUpstreams, IUpstreamConnection
{
    private readonly ToolAttempts _attempts;
    private readonly ToolCall _call;
    private readonly UpstreamAnswer _answer;
    private bool _later;

    public AttemptScene(GatewayState state, Caller caller, Envelope message)
    {
        _attempts = new ToolAttempts(
            new AttemptEngine(AttemptRules.Default, TimeProvider.System),
            new Balancer(BreakerRules.Default, TimeProvider.System),
            this,
            AttemptTimers.Default,
            new HotPath.Silence(),
            TimeProvider.System);
        _call = Call(state, caller, message);
        _answer = new UpstreamAnswer(EnvelopeParser.Parse("""{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"""u8.ToArray()).Envelope!, new MemoryStream());
    }

    public bool IsClosed => false;

    /// <summary>A call of the tool that the measurements call.</summary>
    public static ToolCall Call(GatewayState state, Caller caller, Envelope message) => new()
    {
        State = state,
        Caller = caller,
        Credential = Scenery.Key,
        Server = null,
        Message = message,
        ProtocolVersion = ProtocolVersion.July2026,
        RequestId = "bench",
        StartedAt = DateTimeOffset.UnixEpoch,
        StartedTimestamp = 0,
        Tool = state.Registry.RoutesOf(caller.TenantId).ByName["bench__echo"],
        Route = state.Registry.RoutesOf(caller.TenantId).Servers["bench"],
    };

    /// <summary>Nothing has to be waited for.</summary>
    public ValueTask AtOnce() => Run(later: false);

    /// <summary>As over a network: the answer comes on another turn.</summary>
    public ValueTask Later() => Run(later: true);

    public ValueTask<UpstreamLease> Get(EndpointRoute endpoint, UpstreamUser user, CancellationToken cancellationToken) => new(new UpstreamLease(this, KnownSecrets.None, null));

    public ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> Listen(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken)
    {
        if (_later)
        {
            await Task.Yield();
        }

        return _answer;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask Run(bool later)
    {
        _later = later;
        var result = await _attempts.Run(_call, _call.Message.Params, CancellationToken.None);
        if (result.Answer is null)
        {
            throw new InvalidOperationException("The attempt of the measurement must be answered.");
        }
    }
}
