namespace McpPlatform.IntegrationTests.Scenarios.Malformed;

/// <summary>A request that something is wrong with.</summary>
/// <param name="Id">What is wrong, for people.</param>
/// <param name="Path">With its query, as it goes over the wire.</param>
/// <param name="Body">As it is written, since no serializer would write some of them; null = none.</param>
internal sealed record BadRequest(string Id, string Method, string Path, string? Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    public bool IsMcp => Path == "/mcp";
}
