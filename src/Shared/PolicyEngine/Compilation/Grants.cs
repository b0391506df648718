namespace McpPlatform.PolicyEngine.Compilation;

/// <summary>Compares what two principals of one policy can do.</summary>
internal static class Grants
{
    /// <summary>True only when <paramref name="grantee"/> surely can nothing that <paramref name="granter"/> cannot.</summary>
    public static bool Include(CompiledPrincipal granter, CompiledPrincipal grantee)
    {
        if (!IsBoundWithin(granter, grantee))
        {
            return false;
        }

        var isAdmin = granter.Roles.Any(r => r.Name == BuiltInRoles.Admin);
        if (isAdmin && !granter.Roles.Any(r => r.Restricts))
        {
            return true;
        }

        return granter.Roles.Where(r => r.Restricts).All(grantee.Roles.Contains)
            && (isAdmin || grantee.Roles.All(granter.Roles.Contains))
            && SeenAlike(granter, grantee);
    }

    private static bool IsBoundWithin(CompiledPrincipal granter, CompiledPrincipal grantee) =>
        granter.Info.Scopes.Count == 0
        || (grantee.Info.Scopes.Count > 0 && grantee.Scopes.All(inner => granter.Scopes.Any(outer => outer.Includes(inner))));

    private static bool SeenAlike(CompiledPrincipal granter, CompiledPrincipal grantee)
    {
        var roles = granter.Roles.Union(grantee.Roles).ToArray();
        if (roles.Any(r => r.DependsOnKey))
        {
            return false;
        }

        return !roles.Any(r => r.DependsOnPrincipal)
            || (granter.Info.Subject == grantee.Info.Subject
                && granter.Info.Tenant == grantee.Info.Tenant
                && granter.Info.Roles.ToHashSet().SetEquals(grantee.Info.Roles)
                && Pairs(granter.Info).SetEquals(Pairs(grantee.Info)));
    }

    private static HashSet<KeyValuePair<string, string>> Pairs(PrincipalInfo info) => info.Attributes?.ToHashSet() ?? [];
}
