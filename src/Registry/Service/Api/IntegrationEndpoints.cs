using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Integrations;
using McpPlatform.Registry.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>What servers can do by their owners' word: found by intent where no route names it.</summary>
internal static class IntegrationEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var integrations = endpoints.MapGroup("/v1/integrations/mcp").WithTags("Integrations");
        integrations.WithRequestTimeout("management");
        integrations.MapGet("/", List).RequirePermission(Permissions.ServersRead).WithSummary("Lists integrations, oldest first.");
        integrations.MapPost("/", Register).RequirePermission(Permissions.ServersWrite).WithSummary("Registers what a server can do: intents with the tools that do them, each with its version, in an environment.");
        integrations.MapGet("/{integration}", Get).RequirePermission(Permissions.ServersRead).WithSummary("Shows an integration, by id or name; its version is its ETag.");
        integrations.MapPut("/{integration}", Replace).RequirePermission(Permissions.ServersWrite).WithSummary("Replaces all but the name; with If-Match only the version that was read.");
        integrations.MapDelete("/{integration}", Delete).RequirePermission(Permissions.ServersWrite).WithSummary("Removes an integration; its server stays.");
    }

    /// <param name="Server">Slug of a registered server.</param>
    /// <param name="Capabilities">Each an intent, the server's own name of the tool that does it, and a semantic version or none.</param>
    /// <param name="Environment">Callers that ask for another one do not get it; left out = every environment.</param>
    internal sealed record IntegrationBody(string Server, IReadOnlyList<Capability> Capabilities, string? Environment = null, string? Description = null, bool Enabled = true)
    {
        internal IntegrationTerms Terms => new(Server, Environment ?? "", Description ?? "", Capabilities, Enabled);
    }

    /// <param name="Name">Of the integration: a-z, 0-9, '-' and '_'.</param>
    internal sealed record RegisterIntegrationBody(
        string Name, string Server, IReadOnlyList<Capability> Capabilities, string? Environment = null, string? Description = null, bool Enabled = true)
    {
        internal IntegrationTerms Terms => new(Server, Environment ?? "", Description ?? "", Capabilities, Enabled);
    }

    private static async Task<Results<Ok<Page<IntegrationView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListIntegrations(limit, cursor), ct)).ToOk();

    private static async Task<Results<Created<IntegrationView>, ErrorResult>> Register(RegisterIntegrationBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new RegisterIntegration(body.Name, body.Terms), ct)).ToCreated(http, view => $"/v1/integrations/mcp/{view.Id}");

    private static async Task<Results<Ok<IntegrationView>, ErrorResult>> Get(string integration, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetIntegration(integration), ct)).ToOk(http);

    private static async Task<Results<Ok<IntegrationView>, ErrorResult>> Replace(string integration, IntegrationBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new ReplaceIntegration(integration, body.Terms, version), ct))).ToOk(http);

    private static async Task<Results<NoContent, ErrorResult>> Delete(string integration, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeleteIntegration(integration, version), ct))).ToNoContent();
}
