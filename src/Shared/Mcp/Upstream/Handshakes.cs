using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Which era to speak with an upstream.</summary>
public enum EraChoice
{
    /// <summary>Modern first, legacy when the server does not know it.</summary>
    Detect,

    /// <summary>Only <c>initialize</c>: for servers that stumble over the question.</summary>
    Legacy,

    /// <summary>Only <c>server/discover</c>.</summary>
    Modern,
}

/// <summary>The two ways to meet a server, apart from the transport.</summary>
internal static class Handshakes
{
    /// <summary>How long a server may think about <c>server/discover</c> before it counts as legacy (rule of the reference SDK for stdio).</summary>
    public static readonly TimeSpan DiscoverTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The modern question.</summary>
    public static readonly UpstreamRequest Discover = new(McpMethods.Discover, default);

    /// <summary>The legacy question: the newest legacy revision is asked for.</summary>
    public static UpstreamRequest Initialize(ClientIdentity client) => new(
        McpMethods.Initialize,
        (byte[])
        [
            .. "{\"protocolVersion\":\""u8, .. ProtocolVersion.LatestLegacy.Utf8.Span, .. "\",\"capabilities\":"u8, .. client.Capabilities.Span,
            .. ",\"clientInfo\":"u8, .. client.Info.Span, .. "}"u8,
        ]);

    /// <summary>
    /// Reads the answer to <see cref="Discover"/>. Null: the server is legacy. Errors that only a modern server gives (-32020, -32021, and -32022 offering the
    /// modern revision) are failures.
    /// </summary>
    public static UpstreamHandshake? ReadDiscover(UpstreamAnswer answer)
    {
        var supported = answer.IsError
            ? JsonMembers.Find(JsonMembers.Find(answer.Payload, "data"u8), "supported"u8)
            : JsonMembers.Find(answer.Payload, "supportedVersions"u8);
        var modern = JsonMembers.Items(supported).Any(item => JsonMembers.Text(item) == ProtocolVersion.July2026.Text);
        if (answer.IsError)
        {
            return answer.ErrorCode is ErrorCodes.HeaderMismatch or ErrorCodes.MissingClientCapability
                || (answer.ErrorCode == ErrorCodes.UnsupportedProtocolVersion && modern)
                ? throw UpstreamException.Protocol("The upstream is modern, but refuses to describe itself.")
                : null;
        }

        var serverInfo = JsonMembers.Find(JsonMembers.Find(answer.Payload, "_meta"u8), "io.modelcontextprotocol/serverInfo"u8);
        var isDual = JsonMembers.Items(supported).Any(item => ProtocolVersion.Find(JsonMembers.Text(item)) is { IsModern: false });
        return modern ? Read(answer.Payload, ProtocolVersion.July2026, serverInfo) with { IsDual = isDual } : null;
    }

    /// <summary>Reads the answer to <see cref="Initialize"/>.</summary>
    public static UpstreamHandshake ReadInitialize(UpstreamAnswer answer)
    {
        if (answer.IsError)
        {
            throw new UpstreamException(UpstreamFailure.Connect, $"The upstream refused the handshake with error {answer.ErrorCode}.");
        }

        return ProtocolVersion.Find(JsonMembers.Text(JsonMembers.Find(answer.Payload, "protocolVersion"u8))) is { IsModern: false } version
            ? Read(answer.Payload, version, JsonMembers.Find(answer.Payload, "serverInfo"u8))
            : throw UpstreamException.Protocol("The upstream answered the handshake with a revision that is not spoken here.");
    }

    private static UpstreamHandshake Read(ReadOnlyMemory<byte> result, ProtocolVersion version, ReadOnlyMemory<byte> serverInfo) => new(
        version,
        JsonMembers.Find(result, "capabilities"u8).ToArray(),
        serverInfo.ToArray(),
        JsonMembers.Text(JsonMembers.Find(result, "instructions"u8)));
}
