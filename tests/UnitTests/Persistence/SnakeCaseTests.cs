using McpPlatform.Persistence;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Persistence;

public sealed class SnakeCaseTests
{
    [Theory]
    [InlineData("TenantId", "tenant_id")]
    [InlineData("PK_AuditEntries", "pk_audit_entries")]
    [InlineData("URLValue", "url_value")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("A", "a")]
    public void Names_fold_as_people_would(string name, string expected) => SnakeCase.Of(name).ShouldBe(expected);
}
