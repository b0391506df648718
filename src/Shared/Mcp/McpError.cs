using System.Text.Json;

namespace McpPlatform.Mcp;

/// <summary>A refusal as the protocol states it: JSON-RPC code and message, and the HTTP status where there is HTTP.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>, or what an upstream sent.</param>
/// <param name="Message">For people. Says what is wrong, never repeats payload.</param>
/// <param name="HttpStatus">Used when the answer has not started as a stream yet.</param>
public sealed record McpError(int Code, string Message, int HttpStatus = 200)
{
    /// <summary>Raw JSON of the <c>data</c> member; empty: none.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The body is not JSON (400).</summary>
    public static McpError Parse(string message) => new(ErrorCodes.ParseError, message, 400);

    /// <summary>JSON, but not a message (400).</summary>
    public static McpError Shape(string message) => new(ErrorCodes.InvalidRequest, message, 400);

    /// <summary>Parameters that cannot be used. Status 200: only the modern <c>_meta</c> rules ask for 400.</summary>
    public static McpError Params(string message, int httpStatus = 200) => new(ErrorCodes.InvalidParams, message, httpStatus);

    /// <summary>A tool nobody offers, or that the caller may not see: the same answer, so that names cannot be probed.</summary>
    public static McpError UnknownTool { get; } = new(ErrorCodes.InvalidParams, "Unknown tool.");

    /// <summary>Something broke here (500); what, is in the log.</summary>
    public static McpError Internal { get; } = new(ErrorCodes.InternalError, "Internal error.", 500);

    /// <summary>Header and body disagree (400). The message names the header and never its value.</summary>
    public static McpError Header(string header) => new(ErrorCodes.HeaderMismatch, $"Header mismatch: {header}.", 400);

    /// <summary>A revision that is not spoken here (400), with <c>data</c> as 2026-07-28 wants it.</summary>
    public static McpError UnsupportedVersion(string requested)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("supported");
            foreach (var version in ProtocolVersion.All)
            {
                json.WriteStringValue(version.Text);
            }

            json.WriteEndArray();
            json.WriteString("requested", requested);
            json.WriteEndObject();
        }

        return new(ErrorCodes.UnsupportedProtocolVersion, "Unsupported protocol version.", 400) { Data = buffer.WrittenMemory };
    }
}
