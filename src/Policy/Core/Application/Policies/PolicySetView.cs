using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>A policy set as the API shows it.</summary>
/// <param name="Id">Null for a built-in role.</param>
/// <param name="Version">Its ETag; 0 for a built-in role.</param>
/// <param name="Origin">File and line that declare it, where managed_by is file; it is read-only here then.</param>
public sealed record PolicySetView(
    Guid? Id,
    string Name,
    string? Description,
    JsonElement Grants,
    int Version,
    bool BuiltIn,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt,
    string? UpdatedBy,
    PolicyManagedBy ManagedBy = PolicyManagedBy.Api,
    string? Origin = null) : IVersioned
{
    internal static PolicySetView Of(PolicySet set) =>
        new(set.Id, set.Name, set.Description, JsonElement.Parse(set.Grants), set.Version, false, set.CreatedAt, set.UpdatedAt, set.UpdatedBy, set.ManagedBy, set.Origin);

    /// <summary>The built-in roles, by name.</summary>
    internal static IReadOnlyList<PolicySetView> BuiltIns { get; } = [.. BuiltInRoles.All.OrderBy(r => r.Name, StringComparer.Ordinal).Select(Of)];

    internal static Error NotFound() => Error.NotFound("policies.not_found", "There is no such policy set.");

    internal static Error FileOwns(PolicySet set) =>
        Error.Conflict("policies.managed", $"'{set.Name}' is declared in {set.Origin}. Change it there: it is taken over within seconds where the platform reads the file, else by 'mcpp config apply'.");

    internal static Error CannotChange(string name) =>
        Error.Conflict("policies.built_in", $"{name} is built in and cannot be changed. Create a policy set of another name; a key can hold both.");

    private static PolicySetView Of(PolicyRole role)
    {
        var grants = new JsonArray([.. role.Rules.Select(rule => new JsonObject
        {
            ["id"] = rule.Id,
            ["effect"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.Effect.ToString()),
            ["actions"] = new JsonArray([.. rule.Actions.Select(a => (JsonNode)a)]),
            ["resources"] = new JsonArray([.. rule.Resources.Select(r => (JsonNode)r)]),
        })]);
        return new(null, role.Name, "Built in.", JsonSerializer.SerializeToElement(grants), 0, true, null, null, null);
    }
}
