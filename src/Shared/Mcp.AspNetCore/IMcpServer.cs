using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// What stands behind an MCP endpoint. The endpoint speaks the protocol of either era; the server sees requests and writes raw results in the modern form or
/// the legacy one, and the responder adds or removes what the caller's era wants.
/// </summary>
public interface IMcpServer
{
    /// <summary>What the endpoint tells in <c>initialize</c> and <c>server/discover</c>.</summary>
    ValueTask<McpServerDescription> Describe(McpRequestContext context, CancellationToken cancellationToken);

    /// <summary>
    /// <c>tools/list</c>: answers with a result <c>{"tools":[…]}</c>, or an error (unknown cursor: -32602). <c>context.Message.TextParam("cursor"u8)</c>
    /// is the page.
    /// </summary>
    ValueTask ListTools(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken);

    /// <summary>
    /// <c>tools/call</c>: <c>context.Message.Name</c> is set and <c>Arguments</c> is an object or empty. Answers exactly once; notifications may go before. The
    /// token ends when the caller cancelled: nothing needs to be answered then.
    /// </summary>
    ValueTask CallTool(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken);

    /// <summary>
    /// Every other request that the caller's revision has or may have: <c>resources/*</c>, <c>prompts/*</c>, <c>completion/complete</c>,
    /// <c>logging/setLevel</c> (legacy), <c>subscriptions/listen</c> (modern; call <see cref="McpResponder.Open"/> first), <c>tasks/*</c>, extensions. Methods
    /// that the revision removed never arrive. Default: method not found.
    /// </summary>
    ValueTask Other(McpRequestContext context, McpResponder responder, CancellationToken cancellationToken) => responder.MethodNotFound();

    /// <summary>
    /// A notification of a client other than <c>notifications/initialized</c> and <c>notifications/cancelled</c> (<c>notifications/roots/list_changed</c>, …).
    /// The client has its 202 only when this returns: be quick. Default: nothing.
    /// </summary>
    ValueTask Notified(McpRequestContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Called once in the life of a legacy session, at its first request that is no handshake or ping, or when it opens its standalone stream: on HTTP+SSE and
    /// WebSocket that is before the handshake. <paramref name="http"/> is of that request, or a copy of it: do not hold on to it. What is returned is
    /// <see cref="ClientSession.State"/> and is disposed when the session ends. Must not block. When it throws, the request fails and the next one tries again.
    /// Default: null.
    /// </summary>
    IAsyncDisposable? Open(ClientSession session, HttpContext http) => null;

    /// <summary>
    /// Called when a response becomes a stream that belongs to no request and may last for hours: what the host put into <paramref name="http"/> for a request need not live as long.
    /// Default: nothing.
    /// </summary>
    void Stays(HttpContext http)
    {
    }

    /// <summary>
    /// The arguments of the called tool that a modern client over HTTP mirrors as headers. Asked for <c>tools/call</c> only; must be cheap. Null when the tool
    /// mirrors nothing, or is unknown. Default: null.
    /// </summary>
    ParamHeaders? HeadersOf(McpRequestContext context) => null;
}

/// <summary>What an endpoint is. Immutable; build it once where it does not depend on the caller.</summary>
/// <param name="name">Programmatic name of the server.</param>
/// <param name="version">Its version.</param>
public sealed class McpServerDescription(string name, string version)
{
    /// <summary>Raw capabilities object. Default: tools without change notifications.</summary>
    public ReadOnlyMemory<byte> Capabilities { get; init; } = "{\"tools\":{}}"u8.ToArray();

    /// <summary>For the model; null: none.</summary>
    public string? Instructions { get; init; }

    /// <summary>How long a modern client may keep lists and the description. Default zero: always ask, since policy can change any moment.</summary>
    public TimeSpan CacheFor { get; init; }

    /// <summary>True when lists are the same for every caller, so that shared caches may keep them. Default false: policy decides per caller.</summary>
    public bool CachePublicly { get; init; }

    /// <summary>How modern results of reading are completed: they are fresh once.</summary>
    private IReadOnlyList<MemberEdit> ReadEdits => field ??= ResultEdits.Read(this);

    /// <summary>How modern results of calls are completed; made at first use, since it depends on the properties.</summary>
    internal IReadOnlyList<MemberEdit> CallEdits => field ??= ResultEdits.Call(this);

    /// <summary>How modern results that may be cached are completed.</summary>
    internal IReadOnlyList<MemberEdit> ListEdits => field ??= ResultEdits.List(this);

    /// <summary>How modern results of a method are completed.</summary>
    internal IReadOnlyList<MemberEdit> EditsOf(string? method) =>
        method == McpMethods.ReadResource ? ReadEdits : McpMethods.IsList(method) ? ListEdits : CallEdits;

    /// <summary>Raw <c>serverInfo</c>.</summary>
    internal ReadOnlyMemory<byte> Info { get; } =
        (byte[])[.. "{\"name\":"u8, .. JsonMembers.Quote(name).Span, .. ",\"version\":"u8, .. JsonMembers.Quote(version).Span, .. "}"u8];
}

/// <summary>One request to an endpoint, checked.</summary>
/// <param name="Http">See the property.</param>
/// <param name="Message">Valid until the request is answered.</param>
/// <param name="Version">The revision it is answered in.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Session">The legacy session; null in the modern era and for stateless legacy requests.</param>
public sealed record McpRequestContext(HttpContext Http, Envelope Message, ProtocolVersion Version, McpCaller Caller, McpSession? Session)
{
    /// <summary>
    /// Of the request; for a batch, of the whole batch. When the request goes on without its response (<see cref="McpResponder.Detach"/>, HTTP+SSE, WebSocket)
    /// it is a copy that keeps what the host put there: ask for it where you need it, and do not hold on to it.
    /// </summary>
    public HttpContext Http { get; private set; } = Http;

    /// <summary>The live session on this process; null in the modern era and for stateless legacy requests.</summary>
    public ClientSession? Live { get; init; }

    /// <summary>Shorthand.</summary>
    public ProtocolEra Era => Version.Era;

    /// <summary>Lets go of the real HTTP context.</summary>
    internal void Leave() => Http = DetachedHttp.Copy(Http);
}

/// <summary>Who is on the other side, as far as the protocol needs to know. Sessions are bound to both.</summary>
/// <param name="Subject">Stable id of the principal; <c>anonymous</c> when there is none.</param>
/// <param name="Tenant">Its tenant; empty when there is none.</param>
public readonly record struct McpCaller(string Subject, string Tenant)
{
    /// <summary>Nobody in particular.</summary>
    public static McpCaller Anonymous { get; } = new("anonymous", "");
}
