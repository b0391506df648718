using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Connection;

/// <summary>The platform's refusal, as <c>code: message (request id)</c> with one line per detail.</summary>
internal sealed class ApiException(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Reads <c>{"error":{"code","message","details","request_id"}}</c>; an answer of another shape (a proxy's page) becomes <c>http_502</c>.</summary>
    public static ApiException From(HttpStatusCode status, JsonNode? body)
    {
        if (body is not JsonObject { } answer || answer["error"] is not JsonObject error || error["code"] is not JsonValue code)
        {
            var number = (int)status;
            return new ApiException(status, $"http_{number}", $"http_{number}: the answer is not one of the platform's. Is the address right?");
        }

        var text = new StringBuilder($"{code}: {error["message"]}");
        if (error["request_id"] is JsonValue request)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" (request {request})");
        }

        foreach (var detail in error["details"] as JsonArray ?? [])
        {
            text.Append('\n').Append("  ").Append(detail is JsonObject d ? $"{d["field"]}: {d["message"]}" : detail?.ToJsonString());
        }

        return new ApiException(status, code.ToString(), text.ToString());
    }
}
