using McpPlatform.Contracts.Gateway;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Breakers;
using McpPlatform.Registry.Domain;
using McpPlatform.UnitTests.Gateway;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Registry;

public sealed class StoreEndpointReportTests
{
    private readonly ManualTime _time = new();
    private readonly Reports _reports = new();
    private readonly OneServer _servers = new();

    [Fact]
    public async Task A_server_that_became_unreachable_from_a_gateway_is_due_at_once()
    {
        await Store("gateway-1", "closed");
        _time.Advance(TimeSpan.FromMinutes(1));
        _servers.Server.Seen.DueAt.ShouldBeLessThan(_time.GetUtcNow());

        await Store("gateway-1", "open");

        _servers.Server.Seen.DueAt.ShouldBe(_time.GetUtcNow());
    }

    [Fact]
    public async Task Reports_of_gateways_that_are_gone_go_when_another_one_comes()
    {
        await Store("gone", "closed");
        _time.Advance(TimeSpan.FromDays(2));

        await Store("new", "closed");

        _reports.Kept.Select(r => r.GatewayId).ShouldBe(["new"]);
    }

    private async Task Store(string gateway, string breaker)
    {
        var report = new EndpointReport(gateway, _servers.Server.TenantId, [new(_servers.Server.Id, "endpoint", breaker, 0)]);
        (await new StoreEndpointReportHandler(_reports, _servers, _time).Handle(new StoreEndpointReport(report), CancellationToken.None)).Error.ShouldBeNull();
    }

    private sealed class Reports : IEndpointReports
    {
        public List<EndpointReports> Kept { get; } = [];

        public Task<EndpointReports?> Find(string gatewayId, CancellationToken cancellationToken) => Task.FromResult(Kept.Find(r => r.GatewayId == gatewayId));

        public Task<IReadOnlyList<EndpointReports>> Since(DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Add(EndpointReports report) => Kept.Add(report);

        public Task RemoveBefore(DateTimeOffset at, CancellationToken cancellationToken)
        {
            Kept.RemoveAll(r => r.At < at);
            return Task.CompletedTask;
        }
    }
}
