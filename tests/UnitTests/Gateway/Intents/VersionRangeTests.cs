using McpPlatform.Contracts;
using McpPlatform.Gateway.Intents;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway.Intents;

/// <summary>Versions and ranges of them as package managers read them.</summary>
public sealed class VersionRangeTests
{
    [Theory]
    [InlineData("1.2.3", "1.2.3", true)]
    [InlineData("1.2.3", "1.2.4", false)]
    [InlineData("=1.2.3", "1.2.3", true)]
    [InlineData("1", "1.9.9", true)]
    [InlineData("1", "2.0.0", false)]
    [InlineData("1.2.x", "1.2.9", true)]
    [InlineData("1.x.x", "1.3.0", true)]
    [InlineData("1.2", "1.3.0", false)]
    [InlineData("*", "0.0.1", true)]
    [InlineData("*", "1.0.0-rc.1", false)]
    [InlineData("^1.2.3", "1.9.0", true)]
    [InlineData("^1.2.3", "1.2.2", false)]
    [InlineData("^1.2.3", "2.0.0", false)]
    [InlineData("^0.2.3", "0.2.9", true)]
    [InlineData("^0.2.3", "0.3.0", false)]
    [InlineData("^0.0.3", "0.0.4", false)]
    [InlineData("^0.0", "0.0.9", true)]
    [InlineData("^0.0", "0.1.0", false)]
    [InlineData("~1.2.3", "1.2.9", true)]
    [InlineData("~1.2.3", "1.3.0", false)]
    [InlineData("~1", "1.9.0", true)]
    [InlineData(">=1.2 <2", "1.2.0", true)]
    [InlineData(">=1.2 <2", "2.0.0", false)]
    [InlineData(">1.2", "1.2.9", false)]
    [InlineData(">1.2", "1.3.0", true)]
    [InlineData("<=1.2", "1.2.9", true)]
    [InlineData("<1.2", "1.1.9", true)]
    [InlineData("^1 || ^3", "3.1.0", true)]
    [InlineData("^1 || ^3", "2.1.0", false)]
    [InlineData(">=2.0.0-beta.1", "2.0.0-beta.2", true)]
    [InlineData(">=2.0.0-beta.1", "2.1.0-beta.2", false)]
    [InlineData(">=2.0.0-beta.1", "2.1.0", true)]
    [InlineData("<2", "2.0.0-beta.1", false)]
    public void A_range_takes_what_package_managers_take(string range, string version, bool takes)
    {
        VersionRange.TryParse(range, out var parsed).ShouldBeTrue();
        SemanticVersion.TryParse(version, out var asked).ShouldBeTrue();

        parsed!.Contains(asked).ShouldBe(takes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("latest")]
    [InlineData("v1")]
    [InlineData("1.2.3.4")]
    [InlineData("1.x.3")]
    [InlineData("01.2.3")]
    [InlineData(">")]
    [InlineData(">*")]
    [InlineData("<x")]
    [InlineData("1 ||")]
    [InlineData("^-1")]
    [InlineData("1.2.3-")]
    [InlineData("99999999999.0.0")]
    [InlineData("1 1 1 1 1 1 1 1 1")]
    public void What_is_no_range_is_refused(string range) => VersionRange.TryParse(range, out _).ShouldBeFalse();

    [Fact]
    public void Versions_are_ordered_by_their_precedence()
    {
        // semver.org 2.0.0, §11.
        string[] ordered = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1"];

        var versions = ordered.Select(text => SemanticVersion.TryParse(text, out var version) ? version : default).ToArray();

        versions.Order().Select(v => v.ToString()).ShouldBe(ordered);
        versions.Reverse().Order().Select(v => v.ToString()).ShouldBe(ordered);
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("v1.2.3")]
    [InlineData("1.02.3")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3-é")]
    [InlineData(null)]
    public void What_is_no_version_is_refused(string? version) => SemanticVersion.TryParse(version, out _).ShouldBeFalse();
}
