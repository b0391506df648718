using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Documentation;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;

namespace McpPlatform.Gateway.Management;

/// <summary>The parts of the API description that services in other processes give. Of one that is away, the part it gave last.</summary>
internal sealed partial class RemoteApiDocuments(IHttpClientFactory clients, HostShape shape, ILogger<RemoteApiDocuments> logger) : IApiDocumentParts
{
    private readonly ConcurrentDictionary<string, JsonObject> _last = new();

    public async Task<IReadOnlyList<ApiDocumentPart>> Get(Caller caller, CancellationToken cancellationToken) =>
        await Task.WhenAll(ManagementRoutes.Prefixes.Keys.Where(s => !shape.Hosts(s)).Select(s => Part(s, caller, cancellationToken)));

    private async Task<ApiDocumentPart> Part(string service, Caller caller, CancellationToken cancellationToken)
    {
        try
        {
            _last[service] = await Fetch(service, caller, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Away(logger, service, failure.Message);
        }

        return new ApiDocumentPart(service, _last.GetValueOrDefault(service));
    }

    private async Task<JsonObject> Fetch(string service, Caller caller, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(service);
        using var request = new HttpRequestMessage(HttpMethod.Get, "openapi/v1.json");
        request.ActFor(caller);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken) as JsonObject
            ?? throw new JsonException("The description is no object.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The API description of {Service} cannot be fetched ({Reason}); the last one is shown.")]
    private static partial void Away(ILogger logger, string service, string reason);
}
