using McpPlatform.Factory.Application.LandingZones;
using McpPlatform.Factory.Domain;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Factory.Api;

/// <summary>Landing zones.</summary>
internal static class LandingZoneEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var zones = endpoints.MapGroup("/api/v1/landing-zones").WithTags("Landing zones");
        zones.WithRequestTimeout("management");
        zones.MapPost("/", Create).RequirePermission(Permissions.LandingZonesWrite).WithSummary("Adds a landing zone");
        zones.MapGet("/", List).RequirePermission(Permissions.LandingZonesRead).WithSummary("Lists landing zones; 'local' is built in");
        zones.MapGet("/{name}", Get).RequirePermission(Permissions.LandingZonesRead).WithSummary("One landing zone");
        zones.MapPut("/{name}", Replace).RequirePermission(Permissions.LandingZonesWrite).WithSummary("Replaces or adds a landing zone");
        zones.MapDelete("/{name}", Delete).RequirePermission(Permissions.LandingZonesWrite).WithSummary("Removes a landing zone that nothing runs in");
    }

    private static async Task<Results<Created<LandingZoneView>, ErrorResult>> Create(CreateLandingZoneRequest request, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new SetLandingZone(request.Name, request.Kind, request.AllowedPrivateHosts ?? [], MustBeNew: true), ct);
        return result.ToCreated(zone => $"/api/v1/landing-zones/{zone.Name}");
    }

    private static async Task<Results<Ok<LandingZoneView>, ErrorResult>> Replace(string name, LandingZoneRequest request, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new SetLandingZone(name, request.Kind, request.AllowedPrivateHosts ?? [], MustBeNew: false), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<Page<LandingZoneView>>, ErrorResult>> List(int? limit, string? cursor, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new ListLandingZones(limit, cursor), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<LandingZoneView>, ErrorResult>> Get(string name, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new GetLandingZone(name), ct);
        return result.ToOk();
    }

    private static async Task<Results<NoContent, ErrorResult>> Delete(string name, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new DeleteLandingZone(name), ct);
        return result.ToNoContent();
    }
}

/// <summary>A landing zone.</summary>
/// <param name="AllowedPrivateHosts">Hosts with private addresses that deployments here may call.</param>
public sealed record LandingZoneRequest(LandingZoneKind Kind = LandingZoneKind.Process, IReadOnlyList<string>? AllowedPrivateHosts = null);

/// <summary>A new landing zone.</summary>
public sealed record CreateLandingZoneRequest(string Name, LandingZoneKind Kind = LandingZoneKind.Process, IReadOnlyList<string>? AllowedPrivateHosts = null);
