using McpPlatform.PolicyEngine.Compilation;
using McpPlatform.PolicyEngine.Matching;

namespace McpPlatform.PolicyEngine;

/// <summary>A principal with its roles looked up in one <see cref="CompiledPolicy"/>: make it once per key and policy, by <see cref="CompiledPolicy.Resolve"/>. Immutable.</summary>
public sealed class CompiledPrincipal
{
    internal CompiledPrincipal(CompiledPolicy policy, PrincipalInfo info, CompiledRole[] roles, WildcardPattern[] scopes, bool isUnreadable)
    {
        Policy = policy;
        Info = info;
        Roles = roles;
        Scopes = scopes;
        IsUnreadable = isUnreadable;
    }

    public PrincipalInfo Info { get; }

    internal CompiledPolicy Policy { get; }

    /// <summary>By name, each once.</summary>
    internal CompiledRole[] Roles { get; }

    internal WildcardPattern[] Scopes { get; }

    internal bool IsUnreadable { get; }

    /// <summary>Whether scopes bound what the roles give.</summary>
    public bool IsBounded => Info.Scopes.Count > 0;

    /// <summary>Whether the scopes include an action; without scopes: all. A role may still not give it.</summary>
    public bool IsInScope(string action)
    {
        if (!IsBounded)
        {
            return true;
        }

        foreach (var scope in Scopes)
        {
            if (scope.Matches(action))
            {
                return true;
            }
        }

        return false;
    }
}
