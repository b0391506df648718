using System.Text.Json;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Security;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Policies;
using McpPlatform.PolicyEngine;
using Microsoft.AspNetCore.Http.HttpResults;

namespace McpPlatform.Policy.Api;

/// <summary>Policy sets (roles with their rules) of the caller's tenant, and what they decide.</summary>
internal static class PolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var policies = endpoints.MapGroup("/api/v1/policies").WithTags("Policies");
        policies.WithRequestTimeout("management");
        policies.MapGet("/", List).RequirePermission(Permissions.PoliciesRead).WithSummary("Lists the policy sets and the built-in roles, by name.");
        policies.MapPost("/", Create).RequirePermission(Permissions.PoliciesWrite).WithSummary("Adds a policy set: a role with its rules.");
        policies.MapPost("/explain", Explain).RequirePermission(Permissions.PoliciesRead).WithSummary("Decides a call without making it, and shows how.");
        policies.MapGet("/{policy}", Get).RequirePermission(Permissions.PoliciesRead).WithSummary("Shows a policy set, by id or name; its version is its ETag.");
        policies.MapPut("/{policy}", Replace).RequirePermission(Permissions.PoliciesWrite)
            .WithSummary("Replaces a policy set's rules; with If-Match only the version that was read, else the last writer wins.");
        policies.MapDelete("/{policy}", Delete).RequirePermission(Permissions.PoliciesWrite).WithSummary("Deletes a policy set that no key holds.");
    }

    /// <param name="Name">The role's name: a-z, 0-9, '-' and '_'.</param>
    /// <param name="Grants">The rules: id, effect (allow, deny, require_approval), actions, resources, and optionally environments, conditions, description.</param>
    internal sealed record PolicyBody(string Name, JsonElement Grants, string? Description = null);

    /// <param name="Name">Left out, or the name it has.</param>
    internal sealed record ReplacePolicyBody(JsonElement Grants, string? Description = null, string? Name = null);

    /// <param name="KeyId">A key of the tenant; or give roles.</param>
    /// <param name="Server">The server's slug; left out when tool is an aggregated name (server__tool).</param>
    internal sealed record ExplainBody(
        string Tool,
        Guid? KeyId = null,
        IReadOnlyList<string>? Roles = null,
        IReadOnlyList<string>? Scopes = null,
        string? Subject = null,
        string? Action = null,
        string? Server = null,
        string? Environment = null,
        JsonElement? Arguments = null,
        DateTimeOffset? Time = null,
        string? Ip = null);

    private static async Task<Results<Ok<Page<PolicySetView>>, ErrorResult>> List(ISender sender, CancellationToken ct, int? limit = null, string? cursor = null) =>
        (await sender.Send(new ListPolicySets(limit, cursor), ct)).ToOk();

    private static async Task<Results<Created<PolicySetView>, ErrorResult>> Create(PolicyBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new CreatePolicySet(body.Name, body.Description, body.Grants), ct)).ToCreated(http, set => $"/api/v1/policies/{set.Id}");

    private static async Task<Results<Ok<PolicySetView>, ErrorResult>> Get(string policy, HttpContext http, ISender sender, CancellationToken ct) =>
        (await sender.Send(new GetPolicySet(policy), ct)).ToOk(http);

    private static async Task<Results<Ok<PolicySetView>, ErrorResult>> Replace(string policy, ReplacePolicyBody body, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new ReplacePolicySet(policy, body.Name, body.Description, body.Grants, version), ct))).ToOk(http);

    private static async Task<Results<NoContent, ErrorResult>> Delete(string policy, HttpContext http, ISender sender, CancellationToken ct) =>
        (await http.IfMatch(version => sender.Send(new DeletePolicySet(policy, version), ct))).ToNoContent();

    private static async Task<Results<Ok<ExplainedDecision>, ErrorResult>> Explain(ExplainBody body, ISender sender, CancellationToken ct)
    {
        var question = new ExplainDecision(
            body.KeyId, body.Roles, body.Scopes, body.Subject, body.Action, body.Server, body.Tool, body.Environment, body.Arguments, body.Time, body.Ip);
        return (await sender.Send(question, ct)).ToOk();
    }
}
