using System.Net.Mime;
using System.Text.Json;
using McpPlatform.Hosting;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.PolicyEngine;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// What a client without a valid credential is told: which resource an endpoint is and how its keys are sent (RFC 9728), and where that is written
/// (<c>WWW-Authenticate</c>, RFC 6750). Every address under an endpoint's path is described alike: whether a server is there is not for those who have no key.
/// </summary>
internal sealed class ResourceMetadata(McpEndpoint protocol, IOptions<GatewayOptions> options)
{
    /// <summary>RFC 9728 §3: the path of the resource follows.</summary>
    public const string Prefix = "/.well-known/oauth-protected-resource";

    /// <summary>What endpoints do for their callers, as keys can be bounded by it.</summary>
    private static readonly string[] Scopes = [Actions.ToolsCall, Actions.PromptsGet, Actions.ResourcesRead];

    private static readonly string AllScopes = string.Join(' ', Scopes);

    /// <summary>Maps the document of an endpoint, or of the platform as a whole (<c>""</c>).</summary>
    public static void Map(IEndpointRouteBuilder endpoints, string resource) =>
        endpoints.MapGet(Prefix + resource, endpoints.ServiceProvider.GetRequiredService<ResourceMetadata>().Describe).AllowAnonymous().ExcludeFromDescription();

    /// <summary>The header of a 401 for a request to an endpoint.</summary>
    /// <param name="isInvalid">A credential was sent, and is not good.</param>
    public string Challenge(HttpRequest request, bool isInvalid) => Challenge(request, isInvalid ? "invalid_token" : null, AllScopes);

    /// <summary>The header of a 403: the key is good, but bounded to other actions.</summary>
    /// <param name="scope">All that the request needs.</param>
    public string InsufficientScope(HttpRequest request, string scope) => Challenge(request, "insufficient_scope", scope);

    /// <summary>The header of a 400: a credential was sent in a way that is not taken.</summary>
    public string MalformedRequest(HttpRequest request) => Challenge(request, "invalid_request", AllScopes);

    private string Challenge(HttpRequest request, string? error, string scope) =>
        $"Bearer {(error is null ? "" : $"error=\"{error}\", ")}resource_metadata=\"{Base(request)}{Prefix}{PathOf(request)}\", scope=\"{scope}\"";

    private async Task Describe(HttpContext http)
    {
        // Its own address is in the answer, so that has to be one of ours.
        if (protocol.Foreign(http) is { } foreign)
        {
            await McpEndpoints.Refuse(http, foreign);
            return;
        }

        protocol.AnswersPage(http);
        var body = Document(http.Request);
        http.Response.ContentType = MediaTypeNames.Application.Json;
        http.Response.ContentLength = body.Length;

        // Without an address of its own the answer depends on how the platform was reached, which a shared cache might not tell apart.
        http.Response.Headers.CacheControl = options.Value.PublicAddress is null ? "private, max-age=300" : "public, max-age=300";
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private byte[] Document(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resource", $"{Base(request)}{PathOf(request)[Prefix.Length..]}");
            if (options.Value.AuthorizationServers is { Count: > 0 } issuers)
            {
                Write(json, "authorization_servers", issuers);
            }

            Write(json, "scopes_supported", Scopes);
            Write(json, "bearer_methods_supported", ["header"]);
            json.WriteString("resource_name", options.Value.ResourceName);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string PathOf(HttpRequest request) => request.Path.ToUriComponent().TrimEnd('/');

    private string Base(HttpRequest request) => PublicAddress.Of(request, options.Value.PublicAddress);
}
