namespace McpPlatform.PolicyEngine;

/// <summary>Somebody who asks, as authentication found them.</summary>
/// <param name="Roles">Names of roles. One that the tenant does not have (any more) neither gives nor takes: whoever deletes roles sees to it that nobody holds them.</param>
/// <param name="Scopes">Action patterns that bound what the roles give. Empty = no bound. A pattern that cannot be read matches nothing.</param>
/// <param name="KeyId">The API key used, if one was.</param>
/// <param name="Attributes">Claims for <c>principal.attributes.*</c>. Compared as strings, or as numbers where the rule's value is a number.</param>
public sealed record PrincipalInfo(
    string Tenant,
    string Subject,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Scopes,
    string? KeyId = null,
    IReadOnlyDictionary<string, string>? Attributes = null);
