using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Keys;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Policy.Api;

/// <summary>API keys of the caller's tenant.</summary>
internal static class KeyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var keys = endpoints.MapGroup("/api/v1/keys").WithTags("Keys");
        keys.WithRequestTimeout("management");
        keys.MapGet("/", List).RequirePermission(Permissions.KeysRead).WithSummary("Lists the keys, oldest first; revoked ones on request.");
        keys.MapPost("/", Create).RequirePermission(Permissions.KeysWrite).WithSummary("Makes a key with at most the caller's rights; shows it this once.");
        keys.MapGet("/{id:guid}", Get).RequirePermission(Permissions.KeysRead).WithSummary("Shows a key without its text.");
        keys.MapPatch("/{id:guid}", Limit).RequirePermission(Permissions.KeysWrite).WithSummary("Sets how often a key may ask; what is left out stays, 0 brings the platform's own back.");
        keys.MapDelete("/{id:guid}", Revoke).RequirePermission(Permissions.KeysWrite).WithSummary("Revokes a key for good, everywhere within seconds.");
    }

    public static Results<Created<CreatedKeyResponse>, ErrorResult> Created(Result<CreatedKey> result) => result.Match<Results<Created<CreatedKeyResponse>, ErrorResult>>(
        key => TypedResults.Created($"/api/v1/keys/{key.Details.Id}", CreatedKeyResponse.Of(key)),
        error => error.ToResult());

    private static async Task<Results<Ok<Page<KeyView>>, ErrorResult>> List(
        ISender sender,
        CancellationToken ct,
        int? limit = null,
        string? cursor = null,
        bool include_revoked = false) =>
        (await sender.Send(new ListKeys(limit, cursor, include_revoked), ct)).ToOk();

    private static async Task<Results<Created<CreatedKeyResponse>, ErrorResult>> Create(CreateKeyBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        Created(await sender.Send(body.ToCommand(new Granter(http.Caller().KeyId)), ct));

    private static async Task<Results<Ok<KeyView>, ErrorResult>> Get(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetKey(id), ct)).ToOk();

    private static async Task<Results<Ok<KeyView>, ErrorResult>> Limit(Guid id, LimitKeyBody body, ISender sender, CancellationToken ct) =>
        (await sender.Send(new LimitKey(id, body.Rate, body.Burst, body.ClientProfile), ct)).ToOk();

    private static async Task<Results<NoContent, ErrorResult>> Revoke(Guid id, ISender sender, CancellationToken ct) =>
        (await sender.Send(new RevokeKey(id), ct)).ToNoContent();
}

/// <summary>A key to be made.</summary>
/// <param name="Roles">At least one: <c>admin</c>, <c>viewer</c>, or names of policy sets.</param>
/// <param name="Subject">Whom the key stands for in rules and call records; its name when left out.</param>
/// <param name="Scopes">Action patterns that bound what the roles give; left out = no bound.</param>
/// <param name="ExpiresAt">Left out = never.</param>
/// <param name="Rate">Requests per second over all gateways; left out = the platform's own.</param>
/// <param name="Burst">Requests at once after a pause; left out = a second's worth of its own rate, or the platform's own.</param>
/// <param name="ClientProfile">Name of a client profile of the gateways; left out = by what the client says of itself.</param>
internal sealed record CreateKeyBody(
    string Name,
    IReadOnlyList<string> Roles,
    string? Subject = null,
    IReadOnlyList<string>? Scopes = null,
    DateTimeOffset? ExpiresAt = null,
    double? Rate = null,
    int? Burst = null,
    string? ClientProfile = null)
{
    public CreateKey ToCommand(Granter granter) => new(Name, Subject, Roles, Scopes ?? [], ExpiresAt, granter, Rate, Burst, ClientProfile);
}

/// <summary>How often a key may ask. What is left out stays as it is.</summary>
/// <param name="Rate">Requests per second over all gateways; 0 = the platform's own.</param>
/// <param name="Burst">Requests at once after a pause; 0 = a second's worth of its own rate, or the platform's own.</param>
/// <param name="ClientProfile">Name of a client profile of the gateways; empty = by what the client says of itself.</param>
internal sealed record LimitKeyBody(double? Rate = null, int? Burst = null, string? ClientProfile = null);

/// <summary>A new key.</summary>
/// <param name="Key">The key itself, never shown again.</param>
internal sealed record CreatedKeyResponse(
    Guid Id,
    string Key,
    string Name,
    string Subject,
    string Prefix,
    string Last4,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    ApiKeyState State,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    double? Rate,
    int? Burst,
    string? ClientProfile)
{
    public static CreatedKeyResponse Of(CreatedKey created)
    {
        var key = created.Details;
        return new(
            key.Id, created.Key, key.Name, key.Subject, key.Prefix, key.Last4, key.Roles, key.Scopes, key.State, key.ExpiresAt, key.CreatedAt, key.CreatedBy,
            key.Rate, key.Burst, key.ClientProfile);
    }
}
