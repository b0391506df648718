using McpPlatform.Mcp.AspNetCore.Sessions;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>One HTTP request in the legacy era, its session looked up.</summary>
/// <param name="Session">The live session; null without refusal: stateless.</param>
/// <param name="Refusal">Why nothing but a handshake is served.</param>
internal sealed record LegacyRequest(HttpContext Http, IMcpServer Server, HttpSink Sink, McpCaller Caller, ClientSession? Session, McpError? Refusal);
