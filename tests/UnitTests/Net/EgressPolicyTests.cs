using System.Net;
using McpPlatform.Net;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Net;

public sealed class EgressPolicyTests
{
    private static readonly IPAddress Loopback = IPAddress.Loopback;
    private static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");

    [Theory]
    [InlineData("api.example.com", "API.example.com.", 443, true)]
    [InlineData("api.example.com", "xapi.example.com", 443, false)]
    [InlineData("api.example.com:8443", "api.example.com", 443, false)]
    [InlineData("api.example.com:8443", "api.example.com", 8443, true)]
    [InlineData("*.example.com", "a.b.example.com", 443, true)]
    [InlineData("*.example.com", "example.com", 443, false)]
    [InlineData("*.example.com", "notexample.com", 443, false)]
    [InlineData("127.0.0.1:9", "127.0.0.1", 9, true)]
    [InlineData("[::1]:9", "[::1]", 9, true)]
    [InlineData("::1", "::1", 9, true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", 80, true)]
    [InlineData("10.0.0.0/8:80", "10.1.2.3", 81, false)]
    public void A_rule_names_hosts_exactly(string rule, string host, int port, bool expected) =>
        EgressRule.Parse(rule).MatchesHost(host, port).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:x")]
    [InlineData("http://host")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("10.0.0.0/33")]
    [InlineData("a b")]
    public void A_malformed_rule_is_refused(string rule) => EgressRule.TryParse(rule, out _).ShouldBeFalse();

    [Fact]
    public void Private_addresses_are_refused_by_default_with_a_way_out()
    {
        var denied = Should.Throw<EgressDeniedException>(() => EgressPolicy.PublicOnly.CheckAddress("svc", 80, Loopback));

        denied.Host.ShouldBe("svc");
        denied.Address.ShouldBe(Loopback);
        denied.Reason.ShouldContain("loopback");
        denied.Fix.ShouldContain("administrator");
    }

    [Fact]
    public void A_name_rule_lifts_the_ban_for_its_host_and_port_only()
    {
        var policy = new EgressPolicy { Allow = [EgressRule.Parse("svc:8080")] };

        policy.CheckAddress("svc", 8080, Loopback);
        Should.Throw<EgressDeniedException>(() => policy.CheckAddress("svc", 8081, Loopback));
        Should.Throw<EgressDeniedException>(() => policy.CheckAddress("other", 8080, Loopback));
    }

    [Fact]
    public void Metadata_stays_refused_for_allowed_names_and_allowed_private_targets()
    {
        Should.Throw<EgressDeniedException>(() => new EgressPolicy { Allow = [EgressRule.Parse("svc")] }.CheckAddress("svc", 80, Metadata));
        Should.Throw<EgressDeniedException>(() => new EgressPolicy { AllowPrivate = true }.CheckAddress("svc", 80, Metadata));
        Should.Throw<EgressDeniedException>(() => new EgressPolicy { Allow = [EgressRule.Parse("169.254.0.0/16")] }.CheckAddress("svc", 80, Metadata));
        new EgressPolicy { Allow = [EgressRule.Parse("169.254.169.254")] }.CheckAddress("svc", 80, Metadata);
    }

    [Fact]
    public void A_network_rule_covers_mapped_forms_of_its_addresses()
    {
        var policy = new EgressPolicy { Allow = [EgressRule.Parse("127.0.0.0/8")] };

        policy.CheckAddress("svc", 80, IPAddress.Parse("::ffff:127.0.0.1"));
        Should.Throw<EgressDeniedException>(() => policy.CheckAddress("svc", 80, IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void Pinned_policies_refuse_every_other_host_whatever_its_address()
    {
        var policy = new EgressPolicy { OnlyTo = [EgressRule.Parse("api.example.com:443")] };

        policy.CheckHost("api.example.com", 443);
        Should.Throw<EgressDeniedException>(() => policy.CheckHost("api.example.com", 80));
        Should.Throw<EgressDeniedException>(() => policy.CheckHost("evil.example.com", 443));
        Should.Throw<EgressDeniedException>(() => (policy with { OnlyTo = [] }).CheckHost("api.example.com", 443));
    }
}
