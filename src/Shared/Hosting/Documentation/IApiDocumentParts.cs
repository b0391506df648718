using System.Text.Json.Nodes;
using McpPlatform.Hosting.Security;

namespace McpPlatform.Hosting.Documentation;

/// <summary>Parts of the API description that come from other processes.</summary>
public interface IApiDocumentParts
{
    /// <summary>All of them, as this caller may see them.</summary>
    Task<IReadOnlyList<ApiDocumentPart>> Get(Caller caller, CancellationToken cancellationToken);
}

/// <param name="Service">Whose part it is.</param>
/// <param name="Document">An OpenAPI document; null while there is none to be had.</param>
public sealed record ApiDocumentPart(string Service, JsonObject? Document);
