namespace McpPlatform.Contracts.Registry;

/// <summary>
/// A tool that was registered on its own, as one HTTP operation, was added, changed or removed. The factory turns it into a one-operation pack,
/// deployed to landing zone <c>local</c> as the server <see cref="Slug"/>.
/// </summary>
/// <param name="Slug">The server under which the tool appears.</param>
/// <param name="Version">Grows with every change of this tool; older ones are ignored.</param>
/// <param name="Document">An OpenAPI 3.1 document with exactly one operation; null when removed.</param>
/// <param name="BaseUrls">Where the operation is served: the first that works, in order. Absolute http(s).</param>
/// <param name="SecretName">Name of the factory's secret sent as a bearer, or null.</param>
/// <param name="Removed">True: drain and remove.</param>
public sealed record HttpToolChanged(
    Guid EventId,
    DateTimeOffset OccurredAt,
    Guid TenantId,
    Guid ToolId,
    string Slug,
    string ToolName,
    long Version,
    string? Document,
    IReadOnlyList<string> BaseUrls,
    string? SecretName,
    bool Removed) : IWorkEvent;
