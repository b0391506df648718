using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace McpPlatform.Hosting.Documentation;

/// <summary>The description of the client API. Made once: it is the same for everybody, and anybody may ask for it.</summary>
internal sealed class ClientDocument
{
    private string? _text;

    public async Task<Microsoft.AspNetCore.Http.IResult> Get([FromKeyedServices(ApiDocument.Client)] IOpenApiDocumentProvider document, CancellationToken ct)
    {
        _text ??= await (await document.GetOpenApiDocumentAsync(ct)).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct);
        return TypedResults.Text(_text, "application/json");
    }
}
