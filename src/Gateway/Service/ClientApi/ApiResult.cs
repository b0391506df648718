using System.Text.Json;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>What a tool answered, on its way to a caller of plain HTTP.</summary>
internal static class ApiResult
{
    /// <summary>Writes <c>result</c>, byte for byte, and <c>is_error</c>.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlyMemory<byte> result)
    {
        json.WritePropertyName("result"u8);
        json.WriteRawValue(result.Span, skipInputValidation: true);
        json.WriteBoolean("is_error"u8, JsonMembers.Find(result, "isError"u8).Span.SequenceEqual("true"u8));
    }

    public static async ValueTask Send(HttpContext http, ApiStream? stream, ReadOnlyMemory<byte> answer)
    {
        if (stream is not null)
        {
            await stream.Result(answer);
            return;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer, http.RequestAborted);
    }
}
