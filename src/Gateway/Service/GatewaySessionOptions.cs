using System.ComponentModel.DataAnnotations;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway;

/// <summary>Section <c>Gateway:Sessions</c>: what clients of the revisions with sessions may have open and keep, and listeners of 2026-07-28. At each gateway by itself.</summary>
public sealed class GatewaySessionOptions
{
    public const string Section = "Gateway:Sessions";

    /// <summary>
    /// Most sessions of one principal (subject of keys) at this gateway, and most <c>subscriptions/listen</c> streams. Over it its own session that was idle longest ends; when all are in
    /// use: 429. Default 1000: a fleet of agents shares one key.
    /// </summary>
    [Range(1, 1_000_000, ErrorMessage = "Gateway__Sessions__MaxPerPrincipal must be between 1 and 1000000.")]
    public int MaxPerPrincipal { get; set; } = 1_000;

    /// <summary>
    /// The same of one tenant. Room comes from the principal that has most, if that is at least two more than the one that opens has; else from its own. Default 10000: half of <see cref="Max"/>,
    /// so that no tenant takes it all.
    /// </summary>
    [Range(1, 10_000_000, ErrorMessage = "Gateway__Sessions__MaxPerTenant must be between 1 and 10000000.")]
    public int MaxPerTenant { get; set; } = 10_000;

    /// <summary>
    /// The same of all. Room comes from the tenant that has most, by the same rule: nobody loses a session to a tenant that has as many. When all of those are in use: 503. Default 20000: about
    /// 140 MB while they are idle.
    /// </summary>
    [Range(1, 10_000_000, ErrorMessage = "Gateway__Sessions__Max must be between 1 and 10000000.")]
    public int Max { get; set; } = 20_000;

    /// <summary>A session without request and without open stream for this long ends. Default 1 h: longer than a person's break.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Gateway__Sessions__IdleLimit must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan IdleLimit { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest life of a session, streams or not; what runs may end first. Default 24 h: clients open a new one on 404.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00", ErrorMessage = "Gateway__Sessions__MaxAge must be between 00:00:01 and 30.00:00:00.")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Most requests that run in one session over HTTP+SSE or WebSocket, where each needs no connection of its own. Default 64: far more than agents use.</summary>
    [Range(1, 10_000, ErrorMessage = "Gateway__Sessions__MaxRunning must be between 1 and 10000.")]
    public int MaxRunning { get; set; } = 64;

    /// <summary>Most questions of servers to one session's client that wait for an answer. Default 64: each belongs to a running call, and people answer one at a time.</summary>
    [Range(1, 10_000, ErrorMessage = "Gateway__Sessions__MaxQuestions must be between 1 and 10000.")]
    public int MaxQuestions { get; set; } = 64;

    /// <summary>Most resources that one session, or one <c>subscriptions/listen</c>, is told about. Default 1000: beyond a workspace's open files.</summary>
    [Range(1, 100_000, ErrorMessage = "Gateway__Sessions__MaxWatched must be between 1 and 100000.")]
    public int MaxWatched { get; set; } = 1_000;

    /// <summary>Most events that one session keeps for a client that lost its connection; the oldest go first. Default 1024: minutes of progress.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Gateway__Sessions__KeptEvents must be between 1 and 1000000.")]
    public int KeptEvents { get; set; } = 1_024;

    /// <summary>Most bytes of them. Default 1 MiB (1048576): hundreds of notifications and an ordinary result.</summary>
    [Range(1_024, 1 << 30, ErrorMessage = "Gateway__Sessions__KeptBytes must be between 1024 and 1073741824.")]
    public long KeptBytes { get; set; } = 1 << 20;

    /// <summary>Most bytes of them in all sessions of a tenant; beyond it they keep nothing more. Default 32 MiB (33554432): half of what all may keep.</summary>
    [Range(1_024, 1L << 40, ErrorMessage = "Gateway__Sessions__KeptBytesPerTenant must be between 1024 and 1099511627776.")]
    public long KeptBytesPerTenant { get; set; } = 32 << 20;

    /// <summary>Most bytes of them in all sessions. Default 64 MiB (67108864): replay is a comfort, memory is not.</summary>
    [Range(1_024, 1L << 40, ErrorMessage = "Gateway__Sessions__KeptBytesInAll must be between 1024 and 1099511627776.")]
    public long KeptBytesInAll { get; set; } = 64 << 20;

    /// <summary>
    /// Most bytes of memory for messages that clients have begun to send and not ended, of all; half of it of a tenant. Beyond it a message is refused: 429 the tenant's, else 503; a WebSocket is closed with 1013.
    /// A message of up to 16 KiB does not count. Default 256 MiB (268435456): 16 of the largest bodies at once. At less than four times Limits__MaxBodyBytes the largest bodies may never get in.
    /// </summary>
    [Range(128 * 1024, 1L << 40, ErrorMessage = "Gateway__Sessions__ArrivingBytes must be between 131072 and 1099511627776.")]
    public long ArrivingBytes { get; set; } = 256 << 20;

    /// <summary>How long the stream of an answered request is kept for a client that did not get the answer. Default 1 min: clients reconnect within seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Gateway__Sessions__KeepFor must be between 00:00:01 and 01:00:00.")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Most bytes that wait for a client to read them. On the stream of a request the server waits beyond it; a standalone stream is ended. Default 1 MiB (1048576): a client that reads at all
    /// never gets there.
    /// </summary>
    [Range(1_024, 1 << 30, ErrorMessage = "Gateway__Sessions__UnsentBytes must be between 1024 and 1073741824.")]
    public long UnsentBytes { get; set; } = 1 << 20;

    /// <summary>A client that takes no byte for this long is disconnected. Default 30 s: two comments to keep the connection alive that did not fit.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Gateway__Sessions__StallLimit must be between 00:00:00.1 and 00:10:00.")]
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between those comments. Default 15 s: proxies commonly close after 30 to 60 s of silence.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Gateway__Sessions__KeepAlive must be between 00:00:01 and 00:10:00.")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>When a client should come back to a stream that ended (SSE <c>retry</c>). Default 1 s: soon, and no storm.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Gateway__Sessions__Retry must be between 00:00:00 and 01:00:00.")]
    public TimeSpan Retry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for the endpoints.</summary>
    internal ClientSessionOptions Bounds => new()
    {
        MaxPerCaller = MaxPerPrincipal,
        MaxPerTenant = MaxPerTenant,
        MaxTotal = Max,
        IdleLimit = IdleLimit,
        MaxAge = MaxAge,
        MaxRunning = MaxRunning,
        MaxQuestions = MaxQuestions,
        MaxKeptEvents = KeptEvents,
        MaxKeptBytes = KeptBytes,
        MaxKeptBytesPerTenant = KeptBytesPerTenant,
        MaxKeptBytesInAll = KeptBytesInAll,
        KeepFor = KeepFor,
        MaxUnsentBytes = UnsentBytes,
        StallLimit = StallLimit,
        Retry = Retry,
    };
}
