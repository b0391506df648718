using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Application.Definitions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Registry.Api;

/// <summary>What servers change about their definitions, and what becomes of it.</summary>
internal static class DefinitionEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var changes = endpoints.MapGroup("/api/v1/servers/{server}/changes").WithTags("Servers");
        changes.WithRequestTimeout("management");
        changes.MapGet("/", List).RequirePermission(Permissions.ServersRead)
            .WithSummary("Shows which tools came, changed and went, newest first; what is withheld until accepted, with a diff; and what is flagged.");
        changes.MapPost("/{change}/accept", Accept).RequirePermission(Permissions.ServersWrite)
            .WithSummary("Accepts a withheld definition by the id of its change, or all of them ('all', with mark only those that were read); it is served from then on.");
        changes.MapPost("/{change}/reject", Reject).RequirePermission(Permissions.ServersWrite)
            .WithSummary("Refuses a withheld definition, or all of them; it stays withheld and waits for nobody.");
    }

    private static async Task<Results<Ok<ChangesView>, ErrorResult>> List(string server, ISender sender, CancellationToken ct, int? limit = null) =>
        (await sender.Send(new ListChanges(server, limit), ct)).ToOk();

    private static Task<Results<Ok<ChangesView>, ErrorResult>> Accept(string server, string change, ISender sender, CancellationToken ct, string? mark = null) =>
        Decide(new DecideChange(server, change, mark, Accept: true), sender, ct);

    private static Task<Results<Ok<ChangesView>, ErrorResult>> Reject(string server, string change, ISender sender, CancellationToken ct, string? mark = null) =>
        Decide(new DecideChange(server, change, mark, Accept: false), sender, ct);

    private static async Task<Results<Ok<ChangesView>, ErrorResult>> Decide(DecideChange command, ISender sender, CancellationToken ct) =>
        (await sender.Send(command, ct)).ToOk();
}
