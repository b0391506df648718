using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using McpPlatform.Factory.Domain;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Speaks MCP 2026-07-28 to a fresh process: discovers it and compares what it lists with the lock file. Only then does it count as running.</summary>
internal sealed class RuntimeVerifier : IDisposable
{
    private const string Revision = "2026-07-28";
    private const int MaxPages = 100;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Null when it is what it should be.</summary>
    /// <returns>What differs, for people.</returns>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<string?> Difference(Deployment deployment, DeploymentPlan plan, CancellationToken ct)
    {
        var address = Address(deployment);
        try
        {
            using var discovered = await Ask(address, plan, "server/discover", null, ct);
            var versions = discovered.RootElement.GetProperty("result").GetProperty("supportedVersions").EnumerateArray().Select(v => v.GetString());
            if (!versions.Contains(Revision))
            {
                return $"It does not speak revision {Revision}.";
            }

            var tools = new List<JsonElement>();
            string? cursor = null;
            for (var page = 0; page < MaxPages; page++)
            {
                using var listed = await Ask(address, plan, "tools/list", cursor, ct);
                var result = listed.RootElement.GetProperty("result");
                tools.AddRange(result.GetProperty("tools").EnumerateArray().Select(t => t.Clone()));
                cursor = result.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
                if (cursor is null)
                {
                    break;
                }
            }

            return ToolListing.Hash(tools) == plan.Pack.ToolsHash ? null : $"It lists {tools.Count} tools that differ from the {plan.Pack.ToolCount} of its lock file.";
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "Its answers are not those of an MCP server.";
        }
    }

    /// <summary>Where a deployment's MCP endpoint is; on this machine when no other host is named.</summary>
    public static Uri Address(Deployment deployment, string host = "127.0.0.1") => new UriBuilder(Uri.UriSchemeHttp, host, deployment.Port, "/mcp").Uri;

    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> Ask(Uri address, DeploymentPlan plan, string method, string? cursor, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", plan.Bearer.Reveal());
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", Revision);
        request.Headers.Add("Mcp-Method", method);
        request.Content = new StringContent(Message(method, cursor), Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        return await JsonDocument.ParseAsync(body, new JsonDocumentOptions { MaxDepth = 1000 }, ct);
    }

    private static string Message(string method, string? cursor)
    {
        var parameters = new Dictionary<string, object>
        {
            ["_meta"] = new Dictionary<string, object>
            {
                ["io.modelcontextprotocol/protocolVersion"] = Revision,
                ["io.modelcontextprotocol/clientInfo"] = new { name = "mcpplatform-factory", version = "1" },
                ["io.modelcontextprotocol/clientCapabilities"] = new { },
            },
        };
        if (cursor is not null)
        {
            parameters["cursor"] = cursor;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object> { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters });
    }
}
