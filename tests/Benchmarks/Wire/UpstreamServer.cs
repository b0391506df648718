using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>The least an MCP server of both eras can be: one tool, <c>echo</c>, whose answer is always the same 200 bytes.</summary>
internal static class UpstreamServer
{
    /// <summary>What proves that an answer is one.</summary>
    public const string Marker = "benchmark-answer";

    public const string Tool = """{"name":"echo","description":"Answers.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}""";

    private const string CallResult =
        $$"""{"content":[{"type":"text","text":"{{Marker}} 0123456789012345678901234567890123456789012345678901234567890123456789"}],"resultType":"complete"}""";

    private const string DiscoverResult =
        """{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"resultType":"complete","ttlMs":0,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"bench","version":"1"}}}""";

    private const string InitializeResult = """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"1"}}""";

    public static void Map(WebApplication app) => app.MapPost("/mcp", Answer);

    private static async Task Answer(HttpContext context)
    {
        using var message = await JsonDocument.ParseAsync(context.Request.Body);
        if (!message.RootElement.TryGetProperty("id", out var id))
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var method = message.RootElement.GetProperty("method").GetString();
        var result = method switch
        {
            "tools/call" => CallResult,
            "initialize" => InitializeResult,
            "server/discover" => DiscoverResult,
            "tools/list" => $$"""{"tools":[{{Tool}}],"resultType":"complete","ttlMs":0,"cacheScope":"public"}""",
            _ => null,
        };
        if (method == "initialize")
        {
            context.Response.Headers["Mcp-Session-Id"] = "benchmark-session";
        }

        var answer = result is null
            ? $$$"""{"jsonrpc":"2.0","id":{{{id.GetRawText()}}},"error":{"code":-32601,"message":"Method not found"}}"""
            : $$"""{"jsonrpc":"2.0","id":{{id.GetRawText()}},"result":{{result}}}""";
        var bytes = Encoding.UTF8.GetBytes(answer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}
