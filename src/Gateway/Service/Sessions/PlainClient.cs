namespace McpPlatform.Gateway.Sessions;

/// <summary>A client of plain HTTP, whose session the gateway keeps.</summary>
/// <param name="Server">Slug of the server that it has; null = all of them, by aggregated names.</param>
/// <param name="Name">What it calls itself; null = it did not say.</param>
internal sealed record PlainClient(string? Server, string? Name);
