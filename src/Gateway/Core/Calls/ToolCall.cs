using System.Net;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>One request that goes to a server: what came in, and what the steps found out. Belongs to one request.</summary>
public sealed class ToolCall
{
    private CallTimes _times;

    /// <summary>The state that decides; read once.</summary>
    public required GatewayState State { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>The caller's own credential, for redaction only. It never travels further.</summary>
    public required string Credential { get; init; }

    /// <summary>Slug of the server whose endpoint was called; null on the endpoint that shows all of them.</summary>
    public required string? Server { get; init; }

    /// <summary>The tool set whose endpoint was called; null on others.</summary>
    public ToolSetRoute? Set { get; init; }

    /// <summary>What came in. A tool set puts the call that is meant in its place, with its fixed arguments: policy, limits, records and the server know no other.</summary>
    public required Envelope Message { get; set; }

    /// <summary>The revision spoken with the caller.</summary>
    public required ProtocolVersion ProtocolVersion { get; init; }

    public string Method => Message.Method!;

    /// <summary>The id the caller sees.</summary>
    public required string RequestId { get; init; }

    public IPAddress? Address { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The same moment on the monotonic clock.</summary>
    public required long StartedTimestamp { get; init; }

    /// <summary>Gets what the server sends before its answer, in order; null when nothing can be passed on.</summary>
    public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? OnNotification { get; init; }

    /// <summary>Least severe log that the caller wants; null = it did not say.</summary>
    public string? LogLevel { get; init; }

    /// <summary>Answers a server's question in the middle of the call (legacy servers); null when the client cannot be asked. The question is valid until the task ends.</summary>
    public Func<Envelope, CancellationToken, ValueTask<RpcAnswer>>? OnQuestion { get; init; }

    /// <summary>Asks the client by method and raw parameters (legacy clients); null when it cannot be asked.</summary>
    public Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<RpcAnswer>>? Ask { get; init; }

    /// <summary>The server makes us poll for the rest of the answer, and so does the client (2025-11-25); null when it cannot.</summary>
    public Func<TimeSpan?, ValueTask>? OnDetached { get; init; }

    /// <summary>What the client can take; null: everything.</summary>
    public Profiles.ClientProfile? Profile { get; init; }

    /// <summary>The client of a session; null for callers without one.</summary>
    public UpstreamClient? Client { get; init; }

    /// <summary>The caller's session with the gateway, in the eras that have sessions: its calls stay at one endpoint.</summary>
    public Guid? Session { get; init; }

    /// <summary>Ends with that session.</summary>
    public CancellationToken SessionEnded { get; init; }

    /// <summary>Ends when the caller hangs up.</summary>
    public CancellationToken Gone { get; init; }

    /// <summary>Ends when the caller hangs up, or the gateway stops and waits no longer: then the caller waits for an answer.</summary>
    public CancellationToken GoneOrStopped { get; init; }

    /// <summary>True when the gateway stops, and not the caller.</summary>
    internal bool IsStopped => GoneOrStopped.IsCancellationRequested && !Gone.IsCancellationRequested;

    /// <summary>How long the caller is willing to wait; it can only shorten what the server has.</summary>
    public RequestTimers Timers { get; init; } = RequestTimers.None;

    /// <summary>Most attempts at this call, the first included; the server's own bound and the gateway's hold as well.</summary>
    public int MaxAttempts { get; init; } = int.MaxValue;

    /// <summary>How it came by its answer; null where nothing can be kept of its kind.</summary>
    public CacheNote? Cache { get; internal set; }

    /// <summary>The credentials that travelled with the last attempt: whatever the server echoes of them is redacted.</summary>
    internal Redaction.KnownSecrets? Secrets { get; set; }

    /// <summary>The limit of tool or server that has least left; null where none is set.</summary>
    public LimitUse? Tightest { get; internal set; }

    /// <summary>How long it waited for its turn: so much less is left for the call itself.</summary>
    internal TimeSpan Waited { get; set; }

    /// <summary>Where its time goes.</summary>
    public ref CallTimes Times => ref _times;

    /// <summary>How it ended; until it is known, as a mistake of ours.</summary>
    internal CallEnd End { get; set; } = CallEnd.Broken;

    /// <summary>Set once a tool's name is resolved; null for other methods.</summary>
    public ToolRoute? Tool { get; internal set; }

    /// <summary>Set once the server is known.</summary>
    public ServerRoute? Route { get; internal set; }

    /// <summary>The server's own name of what is asked for, or its URI; set with <see cref="Route"/>.</summary>
    public string? Target { get; internal set; }

    /// <summary>Turns the parameters into those that the server knows; null = they are those already.</summary>
    internal IReadOnlyList<MemberEdit>? OwnParams { get; set; }

    /// <summary>Why the call is not made although the policy allows it; null = it is.</summary>
    internal CallRefusal? Objection { get; set; }

    /// <summary>Whether asking twice does no harm. Everything but a tool's call only reads.</summary>
    internal bool IsRepeatable => Method == McpMethods.CallTool ? Tool!.IsRepeatable : Method is McpMethods.GetPrompt or McpMethods.ReadResource or McpMethods.Complete;

    /// <summary>What the policy said.</summary>
    public Decision Decision { get; internal set; }

    /// <summary>What a modern client carried here from its last round; null in a first one.</summary>
    internal RequestState? Resumed { get; set; }

    /// <summary>The call that waits for this round; null when none does.</summary>
    internal HeldCall? Held { get; set; }

    /// <summary>The same call on memory of its own, for others that wait for the same answer and may outlast this one.</summary>
    internal ToolCall ForAll(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? notify,
        Func<Envelope, CancellationToken, ValueTask<RpcAnswer>>? question,
        Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask<RpcAnswer>>? ask,
        Func<TimeSpan?, ValueTask>? detached) => new()
        {
            State = State,
            Caller = Caller,
            Credential = Credential,
            Server = Server,
            Set = Set,
            Message = EnvelopeParser.Parse(Message.Bytes.ToArray()).Envelope!,
            ProtocolVersion = ProtocolVersion,
            RequestId = RequestId,
            Address = Address,
            StartedAt = StartedAt,
            StartedTimestamp = StartedTimestamp,
            OnNotification = notify,
            OnQuestion = question,
            Ask = ask,
            OnDetached = detached,
            Timers = Timers,
            MaxAttempts = MaxAttempts,
            LogLevel = LogLevel,
            Client = Client,
            Session = Session,
            SessionEnded = SessionEnded,
            Tool = Tool,
            Route = Route,
            Target = Target,
            OwnParams = OwnParams,
            Decision = Decision,
        };

    /// <summary>The same call on memory of its own, for a run that outlives the request.</summary>
    internal ToolCall Detach(HeldCall held)
    {
        var copy = EnvelopeParser.Parse(Message.Bytes.ToArray()).Envelope!;
        var client = new UpstreamClient(ProtocolEra.Modern, copy.Meta.ClientCapabilities, copy.Meta.ClientInfo);
        return new ToolCall
        {
            State = State,
            Caller = Caller,
            Credential = Credential,
            Server = Server,
            Set = Set,
            Message = copy,
            ProtocolVersion = ProtocolVersion,
            RequestId = RequestId,
            Address = Address,
            StartedAt = StartedAt,
            StartedTimestamp = StartedTimestamp,
            Timers = Timers,
            Client = client,
            LogLevel = LogLevel,
            OnNotification = held.Notify,
            OnQuestion = (question, token) => client.RefusalOf(question.Method) is { } refused ? new(refused) : held.Ask(question, token),
            Tool = Tool,
            Route = Route,
            Target = Target,
            Decision = Decision,
        };
    }
}
