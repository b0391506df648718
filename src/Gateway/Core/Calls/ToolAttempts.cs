using McpPlatform.Gateway.Attempts;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>Sends tool calls through the engine.</summary>
/// <param name="timers">For servers whose entry says nothing else.</param>
public sealed class ToolAttempts(AttemptEngine engine, IUpstreams upstreams, AttemptTimers timers)
{
    /// <summary>Runs a call whose tool is resolved. Throws <see cref="OperationCanceledException"/> only when the caller cancelled.</summary>
    /// <param name="parameters">As the server is to see them.</param>
    internal ValueTask<AttemptOutcome<UpstreamAnswer>> Run(ToolCall call, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) =>
        engine.Run<ToolAttempt, UpstreamLease, UpstreamAnswer>(
            new ToolAttempt(upstreams, call, new UpstreamRequest(McpMethods.CallTool, parameters), call.Tool!.Server.TimersOver(timers).Within(call.Timers)), cancellationToken);
}
