using System.Buffers;
using System.Text.Json;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Results that the endpoint writes itself.</summary>
internal static class Descriptions
{
    /// <summary>Result of <c>server/discover</c>; the rest is added to every modern result alike.</summary>
    public static ReadOnlyMemory<byte> Discover(McpServerDescription server) => Write(server, static (json, _) =>
    {
        json.WriteStartArray("supportedVersions");
        foreach (var version in ProtocolVersion.All)
        {
            json.WriteStringValue(version.Text);
        }

        json.WriteEndArray();
    });

    /// <summary>Result of <c>initialize</c>.</summary>
    public static ReadOnlyMemory<byte> Initialize(McpServerDescription server, ProtocolVersion version) => Write(server, (json, description) =>
    {
        json.WriteString("protocolVersion", version.Text);
        json.WritePropertyName("serverInfo");
        json.WriteRawValue(description.Info.Span, skipInputValidation: true);
    });

    private static ReadOnlyMemory<byte> Write(McpServerDescription server, Action<Utf8JsonWriter, McpServerDescription> head)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        head(json, server);
        json.WritePropertyName("capabilities");
        json.WriteRawValue(server.Capabilities.Span, skipInputValidation: true);
        if (server.Instructions is not null)
        {
            json.WriteString("instructions", server.Instructions);
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
