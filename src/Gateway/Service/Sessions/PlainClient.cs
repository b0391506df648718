namespace McpPlatform.Gateway.Sessions;

/// <summary>A client of plain HTTP, whose session the gateway keeps.</summary>
/// <param name="Server">Slug of the server that it has; null = all of them, by aggregated names, unless it has a set.</param>
/// <param name="Set">Slug of the tool set that it has; null = none.</param>
/// <param name="Name">What it calls itself; null = it did not say.</param>
internal sealed record PlainClient(string? Server, string? Set, string? Name);
