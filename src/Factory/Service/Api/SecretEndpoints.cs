using McpPlatform.Factory.Application.Secrets;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Factory.Api;

/// <summary>Secrets: in by name, never out.</summary>
internal static class SecretEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var secrets = endpoints.MapGroup("/api/v1/secrets").WithTags("Secrets");
        secrets.WithRequestTimeout("management");
        secrets.MapPut("/{name}", Set).RequirePermission(Permissions.SecretsWrite).WithSummary("Stores a secret, encrypted; it can never be read back");
        secrets.MapGet("/", List).RequirePermission(Permissions.SecretsRead).WithSummary("Lists the names of secrets");
        secrets.MapDelete("/{name}", Delete).RequirePermission(Permissions.SecretsWrite).WithSummary("Removes a secret");
    }

    private static async Task<Results<Ok<SecretView>, ErrorResult>> Set(string name, SecretRequest request, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new SetSecret(name, new SecretText(request.Value), request.AllowedHosts ?? []), ct);
        return result.ToOk();
    }

    private static async Task<Results<Ok<Page<SecretView>>, ErrorResult>> List(int? limit, string? cursor, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new ListSecrets(limit, cursor), ct);
        return result.ToOk();
    }

    private static async Task<Results<NoContent, ErrorResult>> Delete(string name, ISender sender, CancellationToken ct)
    {
        var result = await sender.Send(new DeleteSecret(name), ct);
        return result.ToNoContent();
    }
}

/// <summary>A secret's value.</summary>
/// <param name="AllowedHosts">Hosts that may receive it; absent: whatever host a pack names.</param>
public sealed record SecretRequest(string Value, IReadOnlyList<string>? AllowedHosts = null)
{
    public override string ToString() => "***";
}
