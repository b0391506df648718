using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp;

/// <summary>What a JSON-RPC message is.</summary>
public enum MessageKind
{
    /// <summary>Has a method and an id: wants an answer.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>Has a result or an error.</summary>
    Response,
}

/// <summary>
/// One validated JSON-RPC message: what a gateway must know of it, and where the rest lies. Every <see cref="ReadOnlyMemory{T}"/> is a window into
/// <see cref="Bytes"/>: valid as long as that buffer, byte for byte what was sent. Made by <see cref="EnvelopeParser"/> only.
/// </summary>
public sealed class Envelope
{
    /// <summary>The whole message.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Request, notification or response.</summary>
    public required MessageKind Kind { get; init; }

    /// <summary>None for notifications, and for errors that answer something unreadable.</summary>
    public RequestId Id { get; init; }

    /// <summary>Null for responses.</summary>
    public string? Method { get; init; }

    /// <summary>The raw object; empty when absent.</summary>
    public ReadOnlyMemory<byte> Params { get; init; }

    /// <summary><c>params.name</c>, decoded, when it is a string; else null.</summary>
    public string? Name { get; init; }

    /// <summary>Raw <c>params.arguments</c>, whatever its type; empty when absent.</summary>
    public ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>The known members of <c>params._meta</c>.</summary>
    public RequestMeta Meta { get; init; }

    /// <summary>Raw result of a response; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Raw error object of a response; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }

    /// <summary>
    /// Raw value of a member of <c>params</c>; empty when absent. Reads <see cref="Params"/> again: not for members that have a property here.
    /// </summary>
    public ReadOnlyMemory<byte> Param(ReadOnlySpan<byte> name) => Params.IsEmpty ? default : JsonMembers.Find(Params, name);

    /// <summary>A member of <c>params</c> that is a string, decoded; null when absent or of another type.</summary>
    public string? TextParam(ReadOnlySpan<byte> name) => JsonMembers.Text(Param(name));
}

/// <summary>The members of <c>params._meta</c> that the protocol defines. Unknown ones stay in the raw bytes.</summary>
public readonly record struct RequestMeta
{
    /// <summary>The whole raw object; empty when absent or not an object.</summary>
    public ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary><c>io.modelcontextprotocol/protocolVersion</c> when it is a string.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary><c>io.modelcontextprotocol/clientCapabilities</c>, raw, when it is an object.</summary>
    public ReadOnlyMemory<byte> ClientCapabilities { get; init; }

    /// <summary><c>io.modelcontextprotocol/clientInfo</c>, raw, when it is an object.</summary>
    public ReadOnlyMemory<byte> ClientInfo { get; init; }

    /// <summary><c>progressToken</c>: string or integer, type kept.</summary>
    public RequestId ProgressToken { get; init; }

    /// <summary><c>traceparent</c> (W3C) when it is a string; not checked further.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>The names of the members of <c>_meta</c> that the protocol defines.</summary>
public static class MetaKeys
{
    /// <summary>Revision of the request.</summary>
    public const string ProtocolVersion = "io.modelcontextprotocol/protocolVersion";

    /// <summary>What the client can be asked for.</summary>
    public const string ClientCapabilities = "io.modelcontextprotocol/clientCapabilities";

    /// <summary>Name and version of the client.</summary>
    public const string ClientInfo = "io.modelcontextprotocol/clientInfo";

    /// <summary>Name and version of the server, in results.</summary>
    public const string ServerInfo = "io.modelcontextprotocol/serverInfo";

    /// <summary>The subscription that a message belongs to: the id of the request that opened it.</summary>
    public const string SubscriptionId = "io.modelcontextprotocol/subscriptionId";

    /// <summary>Least severe log message wanted on the stream of the request.</summary>
    public const string LogLevel = "io.modelcontextprotocol/logLevel";

    /// <summary>Asks for progress and tags it.</summary>
    public const string ProgressToken = "progressToken";

    /// <summary>W3C trace context; over HTTP the header of the same name.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>What tracing systems add to it; over HTTP the header of the same name.</summary>
    public const string TraceState = "tracestate";

    /// <summary>W3C baggage: the caller's own.</summary>
    public const string Baggage = "baggage";
}
