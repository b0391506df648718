using System.Text.Json;

namespace McpPlatform.Packs.Calls;

/// <summary>What a call gives the client: the members of an MCP <c>tools/call</c> result.</summary>
/// <param name="Content">At least one block.</param>
/// <param name="Structured">An object, or null when the tool promises none and the answer is no JSON.</param>
/// <param name="IsError">The call failed in a way the model can read about and act on.</param>
/// <param name="Status">HTTP status of the answer; 0 when there was none. For logs.</param>
public sealed record ToolOutcome(IReadOnlyList<ContentBlock> Content, JsonElement? Structured, bool IsError, int Status = 0)
{
    /// <summary>A failure told in words.</summary>
    public static ToolOutcome Failed(string message, int status = 0) => new([ContentBlock.OfText(message)], null, true, status);

    /// <summary>Writes <c>content</c>, <c>structuredContent</c> and <c>isError</c> into an object that is already open.</summary>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray("content");
        foreach (var block in Content)
        {
            block.Write(writer);
        }

        writer.WriteEndArray();
        if (Structured is { } structured)
        {
            writer.WritePropertyName("structuredContent");
            structured.WriteTo(writer);
        }

        writer.WriteBoolean("isError", IsError);
    }
}

/// <summary>One block of content.</summary>
/// <param name="Kind"><c>text</c>, <c>image</c>, <c>audio</c> or <c>resource</c>, as MCP names them.</param>
/// <param name="Data">The text, or base64 for all other kinds.</param>
/// <param name="MimeType">Empty for text.</param>
/// <param name="Uri">Of a resource; else empty.</param>
public sealed record ContentBlock(string Kind, string Data, string MimeType = "", string Uri = "")
{
    public static ContentBlock OfText(string text) => new("text", text);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Kind);
        switch (Kind)
        {
            case "text":
                writer.WriteString("text", Data);
                break;
            case "resource":
                writer.WriteStartObject("resource");
                writer.WriteString("uri", Uri);
                writer.WriteString("mimeType", MimeType);
                writer.WriteString("blob", Data);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteString("data", Data);
                writer.WriteString("mimeType", MimeType);
                break;
        }

        writer.WriteEndObject();
    }
}
