using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>Errors of servers as the caller's era knows them.</summary>
internal static class EraErrors
{
    private static readonly MemberEdit InvalidParams = MemberEdit.Set("code", "-32602"u8.ToArray());
    private static readonly MemberEdit Data = MemberEdit.Edit("data");
    private static readonly MemberEdit Uri = MemberEdit.SetIfAbsent("uri", default);

    /// <summary>The raw error. A resource that is not there was -32002 before 2026-07-28 and is -32602 with its URI since; legacy clients know both.</summary>
    public static ReadOnlyMemory<byte> For(ToolCall call, UpstreamAnswer error) =>
        call.ProtocolVersion.IsModern && error.ErrorCode == ErrorCodes.ResourceNotFound && call.Method == McpMethods.ReadResource
            ? JsonSplice.Apply(error.Payload.Span, InvalidParams, Data.With([Uri.With(JsonMembers.Quote(call.Target!))]))
            : error.Payload;
}
