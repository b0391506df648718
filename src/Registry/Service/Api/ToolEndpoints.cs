using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Tools;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>The tools of the tenant's servers.</summary>
internal static class ToolEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var tools = endpoints.MapGroup("/api/v1/tools").WithTags("Tools");
        tools.WithRequestTimeout("management");
        tools.MapGet("/", Search).RequirePermission(Permissions.ToolsRead).WithSummary("Finds tools by full text (q), best first, or lists them by server and name; filters: server, tag.");
        tools.MapGet("/{server}/{tool}", Get).RequirePermission(Permissions.ToolsRead).WithSummary("Shows a tool with its definition.");
    }

    private static async Task<Results<Ok<Page<ToolView>>, ErrorResult>> Search(
        ISender sender, CancellationToken ct, string? q = null, string? server = null, string? tag = null, int? limit = null, string? cursor = null) =>
        (await sender.Send(new SearchTools(q, server, tag, limit, cursor), ct)).ToOk();

    private static async Task<Results<Ok<ToolDetails>, ErrorResult>> Get(string server, string tool, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetTool(server, tool), ct)).ToOk();
}
