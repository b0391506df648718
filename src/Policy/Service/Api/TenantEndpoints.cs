using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Keys;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Policy.Api;

/// <summary>Tenants, for callers of the default tenant only.</summary>
internal static class TenantEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var tenants = endpoints.MapGroup("/api/v1/tenants").WithTags("Tenants").PlatformOnly();
        tenants.WithRequestTimeout("management");
        tenants.MapGet("/", List).RequirePermission(Permissions.TenantsRead).WithSummary("Lists the tenants, by slug.");
        tenants.MapPost("/", Create).RequirePermission(Permissions.TenantsWrite).WithSummary("Founds a tenant.");
        tenants.MapGet("/{tenant}", Get).RequirePermission(Permissions.TenantsRead).WithSummary("Shows a tenant, by id or slug.");
        tenants.MapPut("/{tenant}", Update).RequirePermission(Permissions.TenantsWrite).WithSummary("Renames a tenant, switches it on or off, bounds its calls under way at once.");
        tenants.MapDelete("/{tenant}", Delete).RequirePermission(Permissions.TenantsWrite).WithSummary("Deletes a tenant: its keys authenticate no more.");
        tenants.MapPost("/{tenant}/keys", CreateKey).RequirePermission(Permissions.TenantsWrite)
            .WithSummary("Makes a key for a tenant, such as its first admin key; shows it this once.");
    }

    /// <param name="Slug">1 to 63 of a-z, 0-9, '-' and single '_'.</param>
    internal sealed record CreateTenantBody(string Slug, string Name);

    /// <param name="MaxConcurrency">Calls of the tenant under way at once at each gateway; left out = as the gateway's option says.</param>
    internal sealed record UpdateTenantBody(string Name, bool Active, int? MaxConcurrency = null);

    private static async Task<Results<Ok<Page<TenantView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListTenants(limit, cursor), ct)).ToOk();

    private static async Task<Results<Created<TenantView>, ErrorResult>> Create(CreateTenantBody body, ISender sender, CancellationToken ct) =>
        (await sender.Send(new CreateTenant(body.Slug, body.Name), ct)).ToCreated(tenant => $"/api/v1/tenants/{tenant.Id}");

    private static async Task<Results<Ok<TenantView>, ErrorResult>> Get(string tenant, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetTenant(tenant), ct)).ToOk();

    private static async Task<Results<Ok<TenantView>, ErrorResult>> Update(string tenant, UpdateTenantBody body, ISender sender, CancellationToken ct) =>
        (await sender.Send(new UpdateTenant(tenant, body.Name, body.Active, body.MaxConcurrency), ct)).ToOk();

    private static async Task<Results<NoContent, ErrorResult>> Delete(string tenant, ISender sender, CancellationToken ct) =>
        (await sender.Send(new DeleteTenant(tenant), ct)).ToNoContent();

    private static async Task<Results<Created<CreatedKeyResponse>, ErrorResult>> CreateKey(
        string tenant,
        CreateKeyBody body,
        HttpContext http,
        TenantContext context,
        ISender sender,
        CancellationToken ct)
    {
        var grant = await sender.Send(new GrantAcrossTenants(tenant, http.Caller().KeyId), ct);
        if (grant.Error is { } refused)
        {
            return refused.ToResult();
        }

        context.Enter(grant.Value.TenantId, context.Actor, context.RequestId);
        return KeyEndpoints.Created(await sender.Send(body.ToCommand(new Granter(http.Caller().KeyId, grant.Value)), ct));
    }
}
