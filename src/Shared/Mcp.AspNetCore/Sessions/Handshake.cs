using System.Buffers.Binary;
using System.Security.Cryptography;

namespace McpPlatform.Mcp.AspNetCore.Sessions;

/// <summary>What an <c>initialize</c> says.</summary>
internal static class Handshake
{
    /// <summary>Most bytes of capabilities and client info together: they are kept as long as the session. Real ones take a few hundred.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The revision that will be spoken: the one asked for, or the latest that has a handshake. Null and why when the message is unusable.</summary>
    public static ProtocolVersion? Read(Envelope message, out McpError? error)
    {
        error = message.TextParam("protocolVersion"u8) is null ? McpError.Params("'params.protocolVersion' must be a string.")
            : message.Param("capabilities"u8).Length + message.Param("clientInfo"u8).Length > MaxBytes
                ? McpError.Params($"'params.capabilities' and 'params.clientInfo' are larger than {MaxBytes} bytes.")
            : null;
        return error is not null ? null
            : ProtocolVersion.Find(message.TextParam("protocolVersion"u8)) is { IsModern: false } known ? known
            : ProtocolVersion.LatestLegacy;
    }

    /// <summary>Makes the session what the handshake says. False: it was made already.</summary>
    public static bool Apply(ClientSession session, Envelope message, ProtocolVersion version)
    {
        var capabilities = message.Param("capabilities"u8);
        var hash = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(capabilities.Span));
        return session.Initialize(session.Info with { Version = version, CapabilitiesHash = hash }, capabilities, message.Param("clientInfo"u8));
    }
}
