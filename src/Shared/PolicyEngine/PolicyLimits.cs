namespace McpPlatform.PolicyEngine;

/// <summary>
/// The bounds of one tenant's policy. Over a bound, the part is malformed: it denies, and is reported as a problem. They bound the work of one decision:
/// roles × rules × conditions, each in time linear in its input.
/// </summary>
public static class PolicyLimits
{
    /// <summary>Bytes of a whole document: 8 MiB, some 20 000 rules; a gateway holds all tenants' documents.</summary>
    public const int MaxDocumentBytes = 8 * 1024 * 1024;

    public const int MaxRoles = 1000;

    /// <summary>Rules in one role. Rules for one server, or for one tool of all servers, are found by its name, however many there are; rules such as <c>tool:*_delete</c> are looked at one after the other, 20 ns each.</summary>
    public const int MaxRulesPerRole = 500;

    /// <summary>Roles that one principal may hold; further ones make everything denied.</summary>
    public const int MaxRolesPerPrincipal = 32;

    /// <summary>Action patterns that one key may be bounded by; further ones make everything denied.</summary>
    public const int MaxScopes = 64;

    /// <summary>Entries each of a rule's actions, resources, environments.</summary>
    public const int MaxPatternsPerRule = 64;

    public const int MaxConditionsPerRule = 16;

    /// <summary>Characters of one pattern.</summary>
    public const int MaxPatternLength = 256;

    /// <summary>Values of one <c>in</c> or <c>nin</c>.</summary>
    public const int MaxListLength = 256;

    /// <summary>Characters of one string value.</summary>
    public const int MaxValueLength = 1024;

    /// <summary>Names in one dotted path below <c>arguments</c>.</summary>
    public const int MaxPathDepth = 16;

    /// <summary>Characters of one name in a dotted path.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Different names in all <c>arguments.*</c> paths of a tenant: one decision keeps one slot for each.</summary>
    public const int MaxArgumentNames = 1024;

    /// <summary>Characters of a rule's id and of a role's name.</summary>
    public const int MaxIdLength = 63;

    public const int MaxDescriptionLength = 512;

    /// <summary>Problems reported for one document; the rest is only counted.</summary>
    public const int MaxProblems = 100;
}
