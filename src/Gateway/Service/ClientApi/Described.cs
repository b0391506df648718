using Microsoft.AspNetCore.Http.Metadata;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>Says in the API description what an endpoint reads that reads its body itself.</summary>
internal sealed class Accepts<T>(bool isOptional = false) : IAcceptsMetadata
{
    public IReadOnlyList<string> ContentTypes { get; } = ["application/json"];

    public Type? RequestType => typeof(T);

    public bool IsOptional => isOptional;
}

/// <summary>The same of what it answers.</summary>
internal sealed class Answers<T>(int status = StatusCodes.Status200OK) : IProducesResponseTypeMetadata
{
    public Type? Type => typeof(T) == typeof(void) ? null : typeof(T);

    public int StatusCode => status;

    public IEnumerable<string> ContentTypes { get; } = ["application/json"];
}
