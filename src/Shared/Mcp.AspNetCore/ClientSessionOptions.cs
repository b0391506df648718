using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Bounds of live sessions: how many, for how long, and what is kept for clients that lost their connection.</summary>
public sealed record ClientSessionOptions
{
    /// <summary>
    /// Most sessions of one principal (tenant and subject). Beyond it its own that was idle longest ends; when all are busy: 429. 1 000: a fleet of agents
    /// shares one key, and no single key takes all there are.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxPerCaller { get; init; } = 1_000;

    /// <summary>
    /// Most sessions of one tenant. Beyond it the idlest ends of the principal that has most, when that is at least two more than the one that opens has; else
    /// its own; when those are busy: 429. 10 000: half of what there are, so that no tenant takes them all.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxPerTenant { get; init; } = 10_000;

    /// <summary>
    /// Most sessions of this process. Beyond it the idlest ends of the tenant that has most, by the same rule: nobody loses a session to a tenant that has as
    /// many. When those are busy: 503. 20 000: about 140 MB while they are idle.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxTotal { get; init; } = 20_000;

    /// <summary>
    /// A session without request and without standalone stream for this long ends. 1 h: longer than a person's break, and a client that comes later opens a
    /// new one on 404.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest life of a session, streams or not. 24 h: clients open a new one on 404, and no credential check is that old.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Most requests one session may have running where they need no connection of their own (HTTP+SSE, WebSocket). 64: far more than agents use.</summary>
    [Range(1, 10_000)]
    public int MaxRunning { get; init; } = 64;

    /// <summary>Most questions to one client that wait for their answer. 64: each belongs to a running call, and people answer one at a time.</summary>
    [Range(1, 10_000)]
    public int MaxQuestions { get; init; } = 64;

    /// <summary>Most events one session keeps for replay; the oldest go first. 1 024: minutes of progress.</summary>
    [Range(1, 1_000_000)]
    public int MaxKeptEvents { get; init; } = 1_024;

    /// <summary>Most bytes one session keeps for replay; the oldest events go first. 1 MiB: hundreds of notifications and an ordinary result.</summary>
    [Range(1_024, 1 << 30)]
    public long MaxKeptBytes { get; init; } = 1 << 20;

    /// <summary>Most bytes that the sessions of one tenant keep for replay. Beyond it they keep nothing more. 32 MiB: half of what all may keep.</summary>
    [Range(1_024, 1L << 40)]
    public long MaxKeptBytesPerTenant { get; init; } = 32 << 20;

    /// <summary>Most bytes that all sessions keep for replay. Beyond it sessions keep nothing more. 64 MiB: replay is a comfort, memory is not.</summary>
    [Range(1_024, 1L << 40)]
    public long MaxKeptBytesInAll { get; init; } = 64 << 20;

    /// <summary>How long the stream of an answered request is kept for a client that did not get the answer. 1 min: clients reconnect within seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Most bytes that wait for a reader. On the stream of a request the sender waits beyond it; a standalone stream is ended: what waits stays, within the
    /// bounds of replay, for the client that comes back. 1 MiB: a client that reads at all never gets there.
    /// </summary>
    [Range(1_024, 1 << 30)]
    public long MaxUnsentBytes { get; init; } = 1 << 20;

    /// <summary>A reader that takes no byte for this long is disconnected. 30 s: two keep-alive comments that did not fit.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When a client should come back to a stream that ended (SSE <c>retry</c>). 1 s: soon, and no storm.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
