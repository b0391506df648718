using System.ComponentModel.DataAnnotations;
using McpPlatform.Policy;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Policy;

public sealed class PolicyOptionsTests
{
    [Fact]
    public void Defaults_are_the_documented_ones_and_valid()
    {
        var options = new PolicyOptions();

        (options.MaxTenants, options.MaxKeysPerTenant, options.MaxPolicySetsPerTenant, options.MaxPolicySetBytes).ShouldBe((1000, 1000, 200, 262144));
        Problems(options).ShouldBeEmpty();
    }

    [Fact]
    public void Each_limit_has_bounds_of_its_own() =>
        Problems(new PolicyOptions { MaxTenants = 0, MaxKeysPerTenant = 0, MaxPolicySetsPerTenant = 1001, MaxPolicySetBytes = 1 }).Count.ShouldBe(4);

    private static List<ValidationResult> Problems(PolicyOptions options)
    {
        var problems = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true);
        return problems;
    }
}
