using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace McpPlatform.Packs;

/// <summary>A pack's tools as MCP lists them, and the hash by which a running server is compared with its lock file.</summary>
public static class ToolListing
{
    // Others (_meta, icons) may be added on the way without making it another server.
    private static readonly string[] Compared = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

    /// <summary>The raw result of <c>tools/list</c>: <c>{"tools":[…]}</c>.</summary>
    public static byte[] Write(CompiledPack pack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tools");
            foreach (var tool in pack.Tools)
            {
                Write(writer, tool);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The hash of what a server of this pack lists.</summary>
    public static string Hash(CompiledPack pack)
    {
        using var listing = JsonDocument.Parse(Write(pack), new JsonDocumentOptions { MaxDepth = 1000 });
        return Hash([.. listing.RootElement.GetProperty("tools").EnumerateArray()]);
    }

    /// <summary>The hash of listed tools, all pages together, in any order.</summary>
    public static string Hash(IReadOnlyList<JsonElement> tools)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 1000 }))
        {
            writer.WriteStartArray();
            foreach (var tool in tools.OrderBy(Name, StringComparer.Ordinal))
            {
                writer.WriteStartObject();
                foreach (var member in Compared)
                {
                    if (tool.TryGetProperty(member, out var value))
                    {
                        writer.WritePropertyName(member);
                        value.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        using var compared = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 1000 });
        return CanonicalJson.Hash(compared.RootElement);
    }

    private static string Name(JsonElement tool) => tool.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";

    private static void Write(Utf8JsonWriter writer, PackTool tool)
    {
        writer.WriteStartObject();
        writer.WriteString("name", tool.Name);
        writer.WriteString("title", tool.Title);
        writer.WriteString("description", tool.Description);
        writer.WritePropertyName("inputSchema");
        tool.InputSchema.WriteTo(writer);
        if (tool.OutputSchema is { } output)
        {
            writer.WritePropertyName("outputSchema");
            output.WriteTo(writer);
        }

        writer.WriteStartObject("annotations");
        writer.WriteBoolean("readOnlyHint", tool.Annotations.ReadOnlyHint);
        writer.WriteBoolean("destructiveHint", tool.Annotations.DestructiveHint);
        writer.WriteBoolean("idempotentHint", tool.Annotations.IdempotentHint);
        writer.WriteBoolean("openWorldHint", tool.Annotations.OpenWorldHint);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
