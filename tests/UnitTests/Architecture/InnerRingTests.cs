using System.Reflection;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Architecture;

public sealed class InnerRingTests
{
    [Theory]
    [InlineData("McpPlatform.Policy.Core")]
    [InlineData("McpPlatform.Registry.Core")]
    [InlineData("McpPlatform.Factory.Core")]
    [InlineData("McpPlatform.Tracing.Core")]
    [InlineData("McpPlatform.Gateway.Core")]
    public void A_core_touches_nothing_of_the_outer_ring(string core) => InnerRingRule.Violations(Assembly.Load(core)).ShouldBeEmpty();

    [Theory]
    [InlineData("McpPlatform.Policy.Core", "Microsoft.EntityFrameworkCore.Relational")]
    [InlineData("McpPlatform.Registry.Core", "MassTransit.Abstractions")]
    [InlineData("McpPlatform.Factory.Core", "Microsoft.AspNetCore.Http.Abstractions")]
    [InlineData("McpPlatform.Tracing.Core", "Npgsql")]
    [InlineData("McpPlatform.Tracing.Core", "McpPlatform.Persistence")]
    [InlineData("McpPlatform.Gateway.Core", "MediatR")]
    [InlineData("McpPlatform.Gateway.Core", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("McpPlatform.Gateway.Core", "McpPlatform.Kernel")]
    public void A_core_that_touches_more_is_found(string core, string reference) =>
        InnerRingRule.Violations(core, ["System.Runtime", reference]).ShouldHaveSingleItem().ShouldContain(reference);

    [Fact]
    public void The_rule_reads_real_assemblies() =>
        InnerRingRule.Violations("McpPlatform.Gateway.Core", typeof(InnerRingTests).Assembly.GetReferencedAssemblies().Select(a => a.Name!))
            .ShouldContain("McpPlatform.Gateway.Core touches Shouldly");
}
