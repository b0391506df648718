using System.Text.Json.Nodes;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Compilation;

/// <summary>
/// An API in the platform's own words, the same for Swagger 2.0 and OpenAPI 3.x. Parameters, bodies and responses are resolved; schemas are still the
/// document's, converted when a tool needs them.
/// </summary>
/// <param name="SpecVersion">As the document says it: <c>3.0.3</c>.</param>
/// <param name="ServerUrls">Variables filled in; may be relative.</param>
public sealed record ApiDescription(
    string Title,
    string Version,
    string Description,
    string SpecVersion,
    IReadOnlyList<string> ServerUrls,
    IReadOnlyList<ApiSecurityScheme> SecuritySchemes,
    IReadOnlyList<ApiOperation> Operations,
    IReadOnlyList<SkippedOperation> Unreadable);

/// <summary>A security scheme of the document.</summary>
/// <param name="Type">How the platform can send it; null: it cannot.</param>
/// <param name="Name">Of the header, parameter or cookie of an API key; else empty.</param>
/// <param name="Declared">The document's own words: <c>oauth2</c>, <c>http digest</c>.</param>
public sealed record ApiSecurityScheme(string Scheme, CredentialType? Type, CredentialPlace In, string Name, string Declared);

/// <summary>One operation.</summary>
/// <param name="Security">Alternatives, each a set of schemes; null: the document says nothing.</param>
/// <param name="Source">The operation as it stands, for selectors on extensions.</param>
public sealed record ApiOperation(
    string? Id,
    string Method,
    string Path,
    string Summary,
    string Description,
    IReadOnlyList<string> Tags,
    bool Deprecated,
    IReadOnlyList<ApiParameter> Parameters,
    ApiBody? Body,
    JsonNode? ResultSchema,
    IReadOnlyList<string> Produces,
    IReadOnlyList<IReadOnlyList<string>>? Security,
    IReadOnlyList<string>? ServerUrls,
    JsonObject Source);

/// <summary>One parameter.</summary>
/// <param name="ContentType">Not null: the value is one text of that type.</param>
public sealed record ApiParameter(
    string Name,
    ParameterPlace In,
    bool Required,
    string Description,
    JsonNode? Schema,
    ParameterStyle Style,
    bool Explode,
    bool AllowReserved,
    string? ContentType);

/// <summary>The body in the media type that suits a tool best.</summary>
/// <param name="Parts">The document's encodings of single properties.</param>
public sealed record ApiBody(string ContentType, BodyKind Kind, bool Required, string Description, JsonNode? Schema, IReadOnlyDictionary<string, PackPart> Parts);
