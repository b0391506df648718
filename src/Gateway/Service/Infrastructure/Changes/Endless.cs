using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>For requests that last as long as somebody listens.</summary>
internal sealed class Endless : IExchangeClock
{
    public static Endless Clock { get; } = new();

    public void Wait(ExchangePhase phase)
    {
        // Nothing runs out.
    }
}
