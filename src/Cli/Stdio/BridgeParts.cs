namespace McpPlatform.Cli.Stdio;

/// <summary>What exchanges are made of.</summary>
internal sealed record BridgeParts(GatewayHttp Http, LineWriter Output, LegacySession Session, MirroredParams Params, BridgeLog Log, TimeProvider Time);
