using System.Net;
using McpPlatform.Contracts.Registry;
using McpPlatform.Factory.Domain;
using McpPlatform.Hosting;
using Microsoft.Extensions.Options;

namespace McpPlatform.Factory.Infrastructure.Deployments;

/// <summary>Tells the registry what runs. Both calls are idempotent.</summary>
internal sealed class ServerRegistration(IHttpClientFactory clients, IOptions<FactoryOptions> options)
{
    /// <summary>Registers or updates; null with a refusal when trying again does not help.</summary>
    /// <exception cref="HttpRequestException">The registry is away or failed: try again.</exception>
    public async Task<(DeployedServerResult? Server, string? Refusal)> Register(Deployment deployment, DeploymentPlan plan, CancellationToken ct)
    {
        var title = plan.Pack.Title.Length > 0 ? plan.Pack.Title : plan.Pack.Name;
        var address = RuntimeVerifier.Address(deployment, options.Value.DeploymentHost).AbsoluteUri;
        var server = new DeployedServer(deployment.TenantId, deployment.Slug, title, address, plan.Bearer.Reveal(), ["factory"]);
        using var response = await clients.CreateClient("registry").PutAsJsonAsync(Path(deployment), server, Json.Internal, ct);
        if (response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest)
        {
            var answer = await response.Content.ReadAsStringAsync(ct);
            return (null, answer.Length > 500 ? answer[..500] : answer);
        }

        response.EnsureSuccessStatusCode();
        var registered = await response.Content.ReadFromJsonAsync<DeployedServerResult>(Json.Internal, ct);
        return (registered ?? throw new HttpRequestException("The registry answered nothing."), null);
    }

    /// <summary>Removes; nothing there is fine.</summary>
    /// <exception cref="HttpRequestException">The registry is away or failed: try again.</exception>
    public async Task Unregister(Deployment deployment, CancellationToken ct)
    {
        using var response = await clients.CreateClient("registry").DeleteAsync(new Uri(Path(deployment), UriKind.Relative), ct);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            response.EnsureSuccessStatusCode();
        }
    }

    private static string Path(Deployment deployment) => $"internal/v1/registry/deployments/{deployment.Id}/server";
}
