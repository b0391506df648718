using System.Buffers.Text;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>What MCP 2026-07-28 demands of every request over HTTP, in its order: the first failure is the answer.</summary>
internal static class ModernRules
{
    /// <summary>Null when the request is in order.</summary>
    public static McpError? Check(IHeaderDictionary headers, Envelope message)
    {
        if (message.Kind != MessageKind.Request)
        {
            return message.Kind == MessageKind.Response ? McpError.Shape("A request or a notification is expected.") : CheckNotification(headers, message);
        }

        // 1. _meta carries revision and capabilities.
        if (Incomplete(message) is { } incomplete)
        {
            return incomplete;
        }

        // 2. The header says the same, and it is a revision without handshake.
        var version = message.Meta.ProtocolVersion!;
        if (!Single(headers, McpHeaders.ProtocolVersion, version))
        {
            return McpError.Header(McpHeaders.ProtocolVersion);
        }

        if (ProtocolVersion.Find(version) is not { IsModern: true })
        {
            return McpError.UnsupportedVersion(version);
        }

        // 3. The mirrored headers say what the body says.
        if (!Single(headers, McpHeaders.Method, message.Method))
        {
            return McpError.Header(McpHeaders.Method);
        }

        if (McpMethods.MirroredParam(message.Method) is not { } member)
        {
            return null;
        }

        var value = member == "name" ? message.Name : message.TextParam(System.Text.Encoding.UTF8.GetBytes(member));
        var absent = value is null && headers[McpHeaders.Name].Count == 0;
        return absent || Single(headers, McpHeaders.Name, value) ? null : McpError.Header(McpHeaders.Name);
    }

    /// <summary>4. The arguments that the tool's definition mirrors. A header that is there twice says nothing.</summary>
    public static McpError? Check(IHeaderDictionary headers, ParamHeaders mirrored, Envelope call) =>
        mirrored.IsEmpty ? null : mirrored.Check(name => headers[name] is { Count: > 0 } values ? values.Count == 1 ? values[0] : "\0" : null, call.Arguments);

    /// <summary>What is demanded of the body alone, where there are no headers.</summary>
    public static McpError? CheckMeta(Envelope message) =>
        Incomplete(message) ?? (ProtocolVersion.Find(message.Meta.ProtocolVersion) is { IsModern: true } ? null : McpError.UnsupportedVersion(message.Meta.ProtocolVersion!));

    private static McpError? Incomplete(Envelope message) => message.Meta.ProtocolVersion is not null && !message.Meta.ClientCapabilities.IsEmpty ? null
        : McpError.Params($"'params._meta' needs '{MetaKeys.ProtocolVersion}' and '{MetaKeys.ClientCapabilities}'.", StatusCodes.Status400BadRequest);

    /// <summary>Notifications need no _meta, and clients send few headers with them; only the revision must be one that is spoken, and said once.</summary>
    private static McpError? CheckNotification(IHeaderDictionary headers, Envelope message)
    {
        var header = headers[McpHeaders.ProtocolVersion].ToString();
        return ProtocolVersion.Find(header) is null && header.Length > 0 ? McpError.UnsupportedVersion(header)
            : header != (message.Meta.ProtocolVersion ?? header) || header.Length == 0 ? McpError.Header(McpHeaders.ProtocolVersion)
            : null;
    }

    /// <summary>The HTTP status that goes with a raw error code when nothing was sent before.</summary>
    public static int StatusOf(ReadOnlySpan<byte> rawCode) =>
        !Utf8Parser.TryParse(rawCode, out int code, out _) ? StatusCodes.Status200OK : code switch
        {
            ErrorCodes.MethodNotFound => StatusCodes.Status404NotFound,
            ErrorCodes.ParseError or ErrorCodes.InvalidRequest or ErrorCodes.HeaderMismatch or ErrorCodes.MissingClientCapability
                or ErrorCodes.UnsupportedProtocolVersion => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };

    private static bool Single(IHeaderDictionary headers, string name, string? expected) =>
        headers[name] is { Count: 1 } values && McpHeaders.Matches(values[0], expected);
}
