using System.Text.Json;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using McpPlatform.Mcp.AspNetCore;
using Microsoft.Net.Http.Headers;

namespace McpPlatform.Gateway.ClientApi;

/// <summary>How requests of the client API come in: by the same keys, origins and rates as MCP, refused in the platform's error format.</summary>
internal sealed class ClientDoor(McpEndpoints mcp, McpEndpoint protocol)
{
    /// <summary>What browsers ask before a page of another origin may call these: everybody may, pages of origins that are not allowed get 403.</summary>
    public void MapPreflight(IEndpointRouteBuilder endpoints, params IEnumerable<string> patterns)
    {
        foreach (var pattern in patterns)
        {
            endpoints.MapMethods(pattern, [HttpMethods.Options], Preflight).AllowAnonymous().ExcludeFromDescription();
        }
    }

    /// <summary>Who asks, and whether it may now; then the request has its <see cref="GatewayRequest"/>. Else why not.</summary>
    public Error? Admit(HttpContext http)
    {
        if (KeyInAddress.IsIn(http.Request))
        {
            return ApiRefusals.Of(KeyInAddress.Refusal);
        }

        if (protocol.Foreign(http) is { } foreign)
        {
            return ApiRefusals.Of(foreign);
        }

        // From here on the page may read the answer, refusals too.
        protocol.AnswersPage(http);
        if (mcp.Admit(http, default, RequestStart.Of(http), out var retryAfter) is not { } refusal)
        {
            return null;
        }

        GatewayServer.SetRetryAfter(http, retryAfter);
        if (refusal.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return ApiRefusals.Of(refusal);
    }

    /// <summary>Reads a body by the rules of the management API: strict about members. What cannot be read throws, and is answered as everywhere.</summary>
    public static async ValueTask<T> Read<T>(HttpContext http)
        where T : class
    {
        if (!IsJson(http.Request.ContentType))
        {
            throw new BadHttpRequestException("Not JSON.", StatusCodes.Status415UnsupportedMediaType);
        }

        return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Hosting.Json.Options, http.RequestAborted) ?? throw new JsonException("The body is null.", "$", 0, null);
    }

    /// <summary>As <see cref="Read"/>; null without a body.</summary>
    public static async ValueTask<T?> ReadOptional<T>(HttpContext http)
        where T : class
        => http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true && http.Request.ContentLength != 0 ? await Read<T>(http) : null;

    /// <summary>Whether the caller wants to be told of progress.</summary>
    public static bool WantsStream(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types) && types.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    private Task Preflight(HttpContext http)
    {
        if (protocol.Foreign(http) is { } foreign)
        {
            return http.WriteError(ApiRefusals.Of(foreign));
        }

        protocol.AnswersPage(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
