using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Sessions;

/// <summary>What the gateway keeps of a legacy session.</summary>
internal sealed class GatewaySession : IAsyncDisposable
{
    public GatewaySession(ClientSession session)
    {
        Session = session;
        Client = new UpstreamClient(ProtocolEra.Legacy, session.Capabilities, session.ClientInfo);
    }

    public ClientSession Session { get; }

    /// <summary>The client as servers see it.</summary>
    public UpstreamClient Client { get; }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
