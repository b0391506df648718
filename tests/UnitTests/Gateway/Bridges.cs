using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Security;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Bridges with keys of their own.</summary>
internal static class Bridges
{
    public static InputBridge Over(ToolAttempts attempts, TimeProvider time)
    {
        var keys = new SessionKeyRing(new SessionKey(1, new byte[32]));
        return new InputBridge(attempts, new HeldCalls(TimeSpan.FromMinutes(1), 10, time), new SealedRequestStates(keys, TimeSpan.FromMinutes(1), time));
    }
}
