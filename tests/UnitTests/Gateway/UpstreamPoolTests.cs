using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.State;
using McpPlatform.Kernel;
using McpPlatform.Mcp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Gateway;

public sealed class UpstreamPoolTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();
    private readonly FakeConnections _connections = new();
    private readonly LauncherBook _launchers = new(Options.Create(new GatewayOptions { ConfigFile = "none.yaml" }), TimeProvider.System, NullLogger<LauncherBook>.Instance);
    private readonly GatewayStateStore _store;
    private readonly UpstreamPool _pool;

    public UpstreamPoolTests()
    {
        _store = new GatewayStateStore(new SnapshotFiles(_folder.File("snapshots"), TimeProvider.System), new RecordingObserver(), TimeProvider.System);
        _pool = new UpstreamPool(_connections, new SharedProcesses(_launchers, null!), null!, _store, _launchers, new Endless(), Options.Create(new GatewayOptions()), TimeProvider.System);
        var legacy = Snapshots.Server("up", "echo") with { Offer = new ServerOffer(new ServerFace("2025-11-25", null, null), null, [], [], []) };
        _store.OfferRegistry(Snapshots.Bytes(Snapshots.Registry(1, legacy))).ShouldBe(SnapshotOutcome.Taken);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _launchers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_sessions_connection_ends_with_it_and_none_is_made_for_one_that_has_ended()
    {
        using var session = new CancellationTokenSource();
        var user = new UpstreamUser(Guid.NewGuid(), "alice", session.Token) { Client = new UpstreamClient(ProtocolEra.Legacy, "{}"u8.ToArray(), default) };
        (await _pool.Get(Endpoint, user, CancellationToken.None)).Dispose();

        await session.CancelAsync();

        await _connections.Made.Single().Closed.WaitAsync(Deadline);
        var refused = await Should.ThrowAsync<CallFailureException>(_pool.Get(Endpoint, user, CancellationToken.None).AsTask().WaitAsync(Deadline));
        refused.Failure.Kind.ShouldBe(FailureKind.Closed);
        (_connections.Made.Count, _pool.Count().Values.Sum()).ShouldBe((1, 0));
    }

    private EndpointRoute Endpoint => _store.Current.Registry.RoutesOf(DefaultTenant.Id).Servers["up"].Endpoints[0];

    private sealed class Endless : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
            // Never.
        }
    }
}
