using McpPlatform.Factory.Application;
using McpPlatform.Factory.Application.Deployments;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Factory;

/// <summary>A tool that was registered on its own, from its event to its deployment.</summary>
public sealed class SyncHttpToolTests
{
    private static readonly string Document = Sources.Document("""{"/echo":{"get":{"operationId":"echo"}}}""");
    private readonly MemoryStores _stores = new();
    private readonly Guid _tool = Guid.NewGuid();

    [Fact]
    public async Task A_tool_becomes_a_pack_of_one_operation_with_its_fallbacks_and_credential()
    {
        (await Sync(1)).Error.ShouldBeNull();

        var deployment = _stores.Deployments.ShouldHaveSingleItem();
        (deployment.Slug, deployment.ToolVersion, deployment.State).ShouldBe(("echo", 1L, DeploymentState.Queued));
        var pack = PackLock.Read(_stores.Packs.ShouldHaveSingleItem().Lock);
        pack.Upstream.BaseUrls.ShouldBe(["https://a.example.com", "https://b.example.com"]);
        pack.Tools.ShouldHaveSingleItem().Operation.Credentials.ShouldBe(["secret"]);
        pack.Credentials.ShouldHaveSingleItem().Secret.ShouldBe("key");
    }

    [Fact]
    public async Task Another_version_replaces_the_pack_and_an_old_one_changes_nothing()
    {
        await Sync(1);
        await Sync(3);
        await Sync(2);
        await Sync(3);

        var deployment = _stores.Deployments.ShouldHaveSingleItem();
        (deployment.ToolVersion, deployment.Generation).ShouldBe((3L, 2L));
        deployment.PackId.ShouldBe(_stores.Packs.Single(p => p.Version == "1.0.3").Id);
    }

    [Fact]
    public async Task A_removed_tool_takes_its_deployment_with_it()
    {
        await Sync(1);
        await Sync(2, removed: true);

        _stores.Deployments.ShouldHaveSingleItem().State.ShouldBe(DeploymentState.Stopping);
    }

    [Fact]
    public async Task A_removed_tool_that_was_never_deployed_is_nothing_to_do()
    {
        (await Sync(1, removed: true)).Error.ShouldBeNull();

        _stores.Deployments.ShouldBeEmpty();
    }

    private Task<Result> Sync(long version, bool removed = false)
    {
        var tenant = new TenantContext();
        tenant.Enter(DefaultTenant.Id, "test");
        var handler = new SyncHttpToolHandler(Sources.Compiler, _stores, _stores, _stores, _stores, tenant, TimeProvider.System);
        var command = new SyncHttpTool(_tool, "echo", version, removed ? null : Document, ["https://a.example.com", "https://b.example.com"], "key", removed);
        return handler.Handle(command, CancellationToken.None);
    }

    /// <summary>The stores in memory, as far as these use cases ask.</summary>
    private sealed class MemoryStores : IPackStore, IDeploymentStore, IDeploymentSignal, IEventOutbox
    {
        public List<PackVersion> Packs { get; } = [];

        public List<Deployment> Deployments { get; } = [];

        public void Add(PackVersion pack) => Packs.Add(pack);

        public void Add(Deployment deployment) => Deployments.Add(deployment);

        public Task<PackVersion?> Find(string @namespace, string name, string version, CancellationToken ct) =>
            Task.FromResult(Packs.FirstOrDefault(p => p.Namespace == @namespace && p.Name == name && p.Version == version));

        public Task<Deployment?> TakeOfTool(Guid toolId, CancellationToken ct) => Task.FromResult(Deployments.FirstOrDefault(d => d.ToolId == toolId && !d.IsLeaving));

        public void Wake()
        {
            // Nobody sleeps here.
        }

        public void Add<TEvent>(TEvent integrationEvent)
            where TEvent : class
        {
            // These tests look at state; events are covered where they are published.
        }

        public void Remove(PackVersion pack) => throw new NotSupportedException();

        Task<PackVersion?> IPackStore.Find(Guid id, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<PackVersion>> List(Guid? before, int limit, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<Guid, PackVersion>> Named(IReadOnlyCollection<Guid> ids, CancellationToken ct) => throw new NotSupportedException();

        Task<Deployment?> IDeploymentStore.Find(Guid id, CancellationToken ct) => throw new NotSupportedException();

        public Task<Deployment?> Take(Guid id, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<Deployment>> List(Guid? before, int limit, bool withDeleted, CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> IsSlugTaken(string slug, CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> UsesPack(Guid packId, CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> UsesZone(string zone, CancellationToken ct) => throw new NotSupportedException();

        public Task<IReadOnlyList<Deployment>> TakeUsingSecret(string secret, CancellationToken ct) => throw new NotSupportedException();
    }
}
