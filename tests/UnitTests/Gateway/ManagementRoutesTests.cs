using System.Text.RegularExpressions;
using McpPlatform.Gateway.Management;
using McpPlatform.UnitTests.Architecture;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>What a service maps, the gateway forwards, to that service.</summary>
public sealed partial class ManagementRoutesTests
{
    [Theory]
    [InlineData("policy")]
    [InlineData("registry")]
    [InlineData("factory")]
    [InlineData("tracing")]
    public void Every_part_of_a_services_api_is_forwarded_to_it_and_nothing_else(string service)
    {
        var folder = $"src/{char.ToUpperInvariant(service[0])}{service[1..]}/Service";
        var mapped = Repository.Files(".cs", folder).SelectMany(f => Route().Matches(f.Text)).Select(m => m.Groups[1].Value).Distinct().ToList();

        mapped.ShouldNotBeEmpty();
        ManagementRoutes.Prefixes[service].ShouldBe(mapped, ignoreOrder: true);
    }

    [GeneratedRegex("""Map(?:Group|Get|Post|Put|Patch|Delete)\("/api/v1/((?:admin/|configuration/)?[a-z-]+(?:/\{server\}/\{tool\}/executions)?)""")]
    private static partial Regex Route();
}
