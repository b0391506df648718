using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp;

/// <summary>Writes JSON-RPC messages around raw parts. Nothing that goes in is read or changed; one message, no line end.</summary>
public static class JsonRpcWriter
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.");

    /// <summary>A request with an id of our own. Empty <paramref name="parameters"/>: no <c>params</c>.</summary>
    public static void WriteRequest(IBufferWriter<byte> output, long id, string method, ReadOnlySpan<byte> parameters)
    {
        Span<byte> digits = stackalloc byte[20];
        id.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(digits[..length]);
        WriteMethod(output, method, parameters);
    }

    /// <summary>A notification. Empty <paramref name="parameters"/>: no <c>params</c>.</summary>
    public static void WriteNotification(IBufferWriter<byte> output, string method, ReadOnlySpan<byte> parameters)
    {
        output.Write("{\"jsonrpc\":\"2.0\""u8);
        WriteMethod(output, method, parameters);
    }

    /// <summary>The answer to <paramref name="id"/>.</summary>
    public static void WriteResult(IBufferWriter<byte> output, RequestId id, ReadOnlySpan<byte> result)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(id.Raw.Span);
        output.Write(",\"result\":"u8);
        output.Write(result);
        output.Write("}"u8);
    }

    /// <summary>As <see cref="WriteResult"/>, with members of the result changed on the way.</summary>
    public static void WriteResult(IBufferWriter<byte> output, RequestId id, ReadOnlySpan<byte> result, IReadOnlyList<MemberEdit> edits)
    {
        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        output.Write(id.Raw.Span);
        output.Write(",\"result\":"u8);
        JsonSplice.Write(result, edits, output);
        output.Write("}"u8);
    }

    /// <summary>
    /// A refusal. Without an id the member is left out (2026-07-28: the schema does not allow null) or null (JSON-RPC 2.0 §5, legacy revisions).
    /// </summary>
    public static void WriteError(IBufferWriter<byte> output, RequestId id, McpError error, ProtocolEra era)
    {
        WriteErrorHead(output, id, era);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("code", error.Code);
            json.WriteString("message", error.Message);
            if (!error.Data.IsEmpty)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(error.Data.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        output.Write("}"u8);
    }

    /// <summary>Passes an upstream's raw error object on under another id.</summary>
    public static void WriteError(IBufferWriter<byte> output, RequestId id, ReadOnlySpan<byte> rawError, ProtocolEra era)
    {
        WriteErrorHead(output, id, era);
        output.Write(rawError);
        output.Write("}"u8);
    }

    private static void WriteErrorHead(IBufferWriter<byte> output, RequestId id, ProtocolEra era)
    {
        output.Write("{\"jsonrpc\":\"2.0\""u8);
        if (!id.IsNone || era == ProtocolEra.Legacy)
        {
            output.Write(",\"id\":"u8);
            output.Write(id.IsNone ? "null"u8 : id.Raw.Span);
        }

        output.Write(",\"error\":"u8);
    }

    private static void WriteMethod(IBufferWriter<byte> output, string method, ReadOnlySpan<byte> parameters)
    {
        output.Write(",\"method\":"u8);
        WriteText(output, method);
        if (!parameters.IsEmpty)
        {
            output.Write(",\"params\":"u8);
            output.Write(parameters);
        }

        output.Write("}"u8);
    }

    /// <summary>Method names are plain in practice and then need no detour.</summary>
    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            output.Write(JsonMembers.Quote(text).Span);
            return;
        }

        output.Write("\""u8);
        Encoding.ASCII.GetBytes(text, output);
        output.Write("\""u8);
    }
}
