using McpPlatform.PolicyEngine;
using Shouldly;
using Xunit;
using static McpPlatform.UnitTests.PolicyEngine.PolicyText;

namespace McpPlatform.UnitTests.PolicyEngine;

public sealed class PermissionSetTests
{
    [Fact]
    public void Nothing_is_allowed_by_default() => PermissionSet.None.Allows("servers:read").ShouldBeFalse();

    [Fact]
    public void Deny_comes_first()
    {
        var set = PermissionSet.Parse(["*", "!servers:write"]);

        set.Allows("servers:read").ShouldBeTrue();
        set.Allows("servers:write").ShouldBeFalse();
    }

    [Fact]
    public void A_bound_narrows()
    {
        var set = PermissionSet.Parse(["*", "&servers:*", "&keys:read"]);

        set.Allows("servers:write").ShouldBeTrue();
        set.Allows("keys:read").ShouldBeTrue();
        set.Allows("keys:write").ShouldBeFalse();
    }

    [Fact]
    public void What_cannot_be_read_never_widens()
    {
        PermissionSet.Parse(["*", "!"]).Allows("servers:read").ShouldBeFalse();
        PermissionSet.Parse(["*", "&not a scope"]).Allows("servers:read").ShouldBeFalse();
        PermissionSet.Parse(["SERVERS:read"]).Allows("servers:read").ShouldBeFalse();
    }

    [Fact]
    public void Management_permissions_of_the_built_in_roles()
    {
        PermissionsOf(["admin"]).Allows("tenants:write").ShouldBeTrue();
        PermissionsOf(["viewer"]).Allows("servers:read").ShouldBeTrue();
        PermissionsOf(["viewer"]).Allows("tenants:read").ShouldBeFalse();
        PermissionsOf(["admin"], "servers:*").Allows("keys:read").ShouldBeFalse();

        static PermissionSet PermissionsOf(string[] roles, params string[] scopes)
        {
            var policy = Dev();
            return PermissionSet.Parse(policy.ManagementPermissions(policy.Resolve(new Ask { Roles = roles, Scopes = scopes }.Principal)));
        }
    }

    [Fact]
    public void A_key_never_grants_more_than_it_has()
    {
        var policy = Roles(("dev", [Rule("all", "allow", "*")]), ("careful", [Rule("no", "deny", "tools:*", "tool:*/delete_*")]), ("own", [Rule("o", "allow", conditions: Condition("principal.subject", "eq", "'ann'"))]));

        May(new Ask { Roles = ["admin"] }, new Ask { Roles = ["own", "dev"], Subject = "bob" }).ShouldBeTrue();
        May(new Ask { Roles = ["dev"] }, new Ask { Roles = ["dev"] }).ShouldBeTrue();
        May(new Ask { Roles = ["dev"] }, new Ask { Roles = ["admin"] }).ShouldBeFalse();
        May(new Ask { Roles = ["dev", "careful"] }, new Ask { Roles = ["dev"] }).ShouldBeFalse();
        May(new Ask { Roles = ["admin", "careful"] }, new Ask { Roles = ["admin"] }).ShouldBeFalse();
        May(new Ask { Roles = ["own"] }, new Ask { Roles = ["own"], Subject = "bob" }).ShouldBeFalse();
        May(new Ask { Roles = ["admin"], Scopes = ["tools:*"] }, new Ask { Roles = ["dev"] }).ShouldBeFalse();
        May(new Ask { Roles = ["admin"], Scopes = ["tools:*"] }, new Ask { Roles = ["dev"], Scopes = ["tools:call"] }).ShouldBeTrue();
        May(new Ask { Roles = ["admin"], Scopes = ["tools:call"] }, new Ask { Roles = ["dev"], Scopes = ["tools:*"] }).ShouldBeFalse();

        bool May(Ask granter, Ask grantee) => policy.MayGrant(policy.Resolve(granter.Principal), policy.Resolve(grantee.Principal));
    }
}
