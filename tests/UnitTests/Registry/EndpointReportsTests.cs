using McpPlatform.Contracts.Gateway;
using McpPlatform.Registry.Domain;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class EndpointReportsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    private readonly Guid _server = Guid.NewGuid();
    private readonly EndpointReports _reports = EndpointReports.Of(Guid.NewGuid(), "gateway-1", Now);

    [Fact]
    public void A_server_is_looked_at_when_its_last_endpoint_goes_and_when_one_is_back()
    {
        _reports.Take([Endpoint("a", "closed"), Endpoint("b", "open")], Now).ShouldBeEmpty();
        _reports.Take([Endpoint("a", "half_open"), Endpoint("b", "open")], Now).ShouldBe([_server]);
        _reports.Take([Endpoint("a", "open"), Endpoint("b", "open")], Now).ShouldBeEmpty();
        _reports.Take([Endpoint("a", "closed"), Endpoint("b", "open")], Now).ShouldBe([_server]);
    }

    [Fact]
    public void What_somebody_forced_open_says_nothing_about_health() => _reports.Take([Endpoint("a", "forced_open")], Now).ShouldBeEmpty();

    [Fact]
    public void The_last_report_is_what_counts()
    {
        _reports.Take([Endpoint("a", "closed")], Now);
        _reports.Take([Endpoint("b", "closed")], Now.AddMinutes(1));

        (_reports.Endpoints.Single().Endpoint, _reports.At).ShouldBe(("b", Now.AddMinutes(1)));
    }

    private ReportedEndpoint Endpoint(string id, string breaker) => new(_server, id, breaker, 0);
}
