namespace McpPlatform.PolicyEngine;

/// <summary>The roles that every tenant has and none can change. A document that defines one of these names has a malformed role.</summary>
public static class BuiltInRoles
{
    /// <summary>Allows every action on everything. Denies and approvals of the holder's other roles still outrank it.</summary>
    public const string Admin = "admin";

    /// <summary>Allows looking at the platform's own records; calls no tool.</summary>
    public const string Viewer = "viewer";

    public static bool Contains(string name) => name is Admin or Viewer;

    /// <summary>Both, as they would be written.</summary>
    public static IReadOnlyList<PolicyRole> All { get; } =
    [
        new(Admin, [new("everything", Effect.Allow, ["*"], ["*"], [], [], null)], [], false),
        new(Viewer, [new("read", Effect.Allow, Permissions.Readable, ["platform"], [], [], null)], [], false),
    ];
}
