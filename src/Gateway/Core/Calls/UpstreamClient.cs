using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>The client for which servers are called: what it can be asked for, in which era it speaks, and who takes what servers send it outside of its requests.</summary>
/// <param name="Era">In which it speaks with the gateway.</param>
/// <param name="Capabilities">Raw object, <c>{}</c> for none.</param>
/// <param name="Info">Its name and version, raw object; empty when it did not say.</param>
/// <param name="PeerOf">For a server's slug; null = nobody.</param>
public sealed record UpstreamClient(ProtocolEra Era, ReadOnlyMemory<byte> Capabilities, ReadOnlyMemory<byte> Info, Func<string, IUpstreamPeer>? PeerOf);
