using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;
using McpPlatform.Mcp.Sse;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Cli.Calls;

/// <summary>
/// Speaks MCP to the gateway's own endpoint, one request at a time and without a session: a request that names no version is served stateless as
/// revision 2025-03-26. What needs a session (a server that asks back) is beyond a single command.
/// </summary>
internal sealed class GatewayMcp(ApiClient api)
{
    /// <summary>100 pages: far beyond any catalogue, and an end for a gateway that never stops paging.</summary>
    private const int MaxPages = 100;

    private int _lastId;

    /// <summary>All tools that the key may see.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListTools(CancellationToken cancellationToken)
    {
        var tools = new List<JsonObject>();
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var result = await Request("tools/list", cursor is null ? new JsonObject() : new JsonObject { ["cursor"] = cursor }, cancellationToken);
            tools.AddRange((result["tools"] as JsonArray ?? []).OfType<JsonObject>());
            cursor = (string?)result["nextCursor"];
            if (cursor is null)
            {
                break;
            }
        }

        return tools;
    }

    /// <summary>Calls a tool and returns its result, also when that says <c>isError</c>.</summary>
    public Task<JsonObject> CallTool(string name, JsonObject arguments, CancellationToken cancellationToken) =>
        Request("tools/call", new JsonObject { ["name"] = name, ["arguments"] = arguments }, cancellationToken);

    private async Task<JsonObject> Request(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        var request = new HttpRequestMessage(HttpMethod.Post, "mcp")
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters })),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await api.SendRaw(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var answer = response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? await FromStream(response, id, cancellationToken)
            : await ApiClient.ReadJson(response, cancellationToken) as JsonObject;
        if (answer?["error"] is JsonObject error && error["code"] is JsonValue code && code.GetValueKind() == JsonValueKind.Number)
        {
            // The gateway's stable code, where there is one, says more than JSON-RPC's number.
            throw CliException.Failed($"{error["data"]?["code"] ?? code}: {error["message"]}{(error["data"]?["request_id"] is { } request_id ? $" (request {request_id})" : "")}");
        }

        return response.IsSuccessStatusCode && answer?["result"] is JsonObject result ? result : throw ApiException.From(response.StatusCode, answer);
    }

    // Notifications (progress, log messages) come before the answer and are not for a command that prints one result.
    private static async Task<JsonObject?> FromStream(HttpResponseMessage response, int id, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var events = new SseReader(stream, new SseLimits(MaxLine: 64 * 1024 * 1024, MaxEvent: 64 * 1024 * 1024));
        try
        {
            while (await events.Read(cancellationToken))
            {
                if (JsonNode.Parse(events.Data.Span) is JsonObject message && message["id"] is JsonValue got && got.GetValueKind() == JsonValueKind.Number && (int)got == id && !message.ContainsKey("method"))
                {
                    return message;
                }
            }
        }
        catch (Exception e) when (e is UpstreamException or IOException or JsonException)
        {
            throw new CliException(ExitCode.Unreachable, $"The answer broke off: {e.Message}");
        }

        throw new CliException(ExitCode.Unreachable, "The answer broke off before the result.");
    }
}
