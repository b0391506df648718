using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Declared;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Application.Subregistry;
using McpPlatform.Registry.Application.ToolSets;
using McpPlatform.Registry.Domain;

namespace McpPlatform.UnitTests.Registry.Declared;

/// <summary>What declaring needs of the registry's ports, in memory, for one tenant.</summary>
internal sealed class RegistryWorld : IServers, ICatalog, IHttpTools, IRoutes, IToolSets, IRegistryVersion, IEventOutbox, ISecretProtector
{
    private readonly TenantContext _tenant = new();
    private long _version = 1;

    public RegistryWorld() => _tenant.Enter(DefaultTenant.Id, "ann");

    public RegistryQuotas Quotas { get; set; } = new(3, 10, 1024, 1024, 3, TimeSpan.FromMinutes(1)) { MaxRoutes = 3, MaxToolSets = 3 };

    public List<RegisteredServer> Servers { get; } = [];

    public List<IntentRoute> Routes { get; } = [];

    public List<ToolSet> Sets { get; } = [];

    public List<ToolSetRevision> Revisions { get; } = [];

    public List<object> Events { get; } = [];

    /// <summary>Slugs that HTTP tools have.</summary>
    public HashSet<string> HttpTools { get; } = [];

    public ToolSet Set(string slug) => Sets.Single(s => s.Slug == slug && s.DeletedAt is null);

    public Task<Result<DeclaredPlan>> Plan(params object[] records) =>
        new PlanServersHandler(this, this, this, this, this, Quotas).Handle(
            new PlanServers([.. records.OfType<DeclaredServer>()], [.. records.OfType<DeclaredRoute>()], [.. records.OfType<DeclaredSet>()]), CancellationToken.None);

    public Task<Result<DeclaredPlan>> Declare(params object[] records) =>
        new DeclareServersHandler(this, this, new DefinitionDefaults(Quarantine: false), this, this, this, this, this, this, _tenant, Quotas, TimeProvider.System).Handle(
            new DeclareServers([.. records.OfType<DeclaredServer>()], [.. records.OfType<DeclaredRoute>()], [.. records.OfType<DeclaredSet>()]), CancellationToken.None);

    public Task<Result<ToolSetView>> Replace(string slug, ToolSetTerms terms) =>
        new ReplaceToolSetHandler(this, this, this, _tenant, TimeProvider.System).Handle(new ReplaceToolSet(slug, terms, null), CancellationToken.None);

    public Task<Result<ToolSetView>> RollBack(string slug, int version) =>
        new RollBackToolSetHandler(this, this, this, _tenant, TimeProvider.System).Handle(new RollBackToolSet(slug, version, null), CancellationToken.None);

    public Task<Result> Delete(string slug) => new DeleteToolSetHandler(this, this, this, _tenant, TimeProvider.System).Handle(new DeleteToolSet(slug, null), CancellationToken.None);

    Task<IReadOnlyList<RegisteredServer>> IServers.Present(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RegisteredServer>>([.. Servers.Where(s => s.DeletedAt is null)]);

    void IServers.Add(RegisteredServer server) => Servers.Add(server);

    Task<PinnedDefinitions?> ICatalog.PinsOf(Guid serverId, CancellationToken cancellationToken) => Task.FromResult<PinnedDefinitions?>(null);

    Task<bool> IHttpTools.HasSlug(string slug, CancellationToken cancellationToken) => Task.FromResult(HttpTools.Contains(slug));

    Task<IReadOnlyList<IntentRoute>> IRoutes.Present(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<IntentRoute>>([.. Routes]);

    void IRoutes.Add(IntentRoute route) => Routes.Add(route);

    void IRoutes.Remove(IntentRoute route) => Routes.Remove(route);

    Task<IReadOnlyList<ToolSet>> IToolSets.Present(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ToolSet>>([.. Sets.Where(s => s.DeletedAt is null)]);

    Task<ToolSet?> IToolSets.Find(string idOrSlug, CancellationToken cancellationToken) => Task.FromResult(Sets.SingleOrDefault(s => s.Slug == idOrSlug && s.DeletedAt is null));

    void IToolSets.Add(ToolSet set) => Sets.Add(set);

    void IToolSets.Add(ToolSetRevision revision) => Revisions.Add(revision);

    Task<long> IRegistryVersion.Next(CancellationToken cancellationToken) => Task.FromResult(++_version);

    Task<long> IRegistryVersion.Current(CancellationToken cancellationToken) => Task.FromResult(_version);

    void IEventOutbox.Add<TEvent>(TEvent integrationEvent) => Events.Add(integrationEvent);

    string ISecretProtector.Protect(SecretText secret, SecretPlace place) => $"{place.Field}={secret.Reveal()}";

    SecretText ISecretProtector.Unprotect(string ciphertext, SecretPlace place) => new(ciphertext[(place.Field.Length + 1)..]);

    Task<RegisteredServer?> IServers.Find(string idOrSlug, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<RegisteredServer?> IServers.FindDeployment(Guid deploymentId, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IServers.Count(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<RegisteredServer>> IServers.List(ServerFilter filter, string? afterSlug, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<RegisteredServer>> IServers.Entries(EntryFilter filter, string space, string? afterSlug, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<HttpTool?> IHttpTools.Find(Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IHttpTools.Count(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<HttpTool>> IHttpTools.List(Guid? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<HttpToolRevision>> IHttpTools.History(Guid toolId, CancellationToken cancellationToken) => throw new NotSupportedException();

    void IHttpTools.Add(HttpTool tool) => throw new NotSupportedException();

    void IHttpTools.Add(HttpToolRevision revision) => throw new NotSupportedException();

    Task<IntentRoute?> IRoutes.Find(Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IntentRoute?> IRoutes.Find(string intent, string environment, string intentVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IRoutes.Count(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<IntentRoute>> IRoutes.List(string? intent, Guid? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IToolSets.Count(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<ToolSet>> IToolSets.List(string? afterSlug, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<ToolSetRevision>> IToolSets.History(Guid setId, int? before, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<ToolSetRevision?> IToolSets.Find(Guid setId, int version, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<OfferedServer>> IToolSets.Offered(ToolSetTerms terms, CancellationToken cancellationToken) => throw new NotSupportedException();

    void ICatalog.Add(PinnedDefinitions pins) => throw new NotSupportedException();

    void ICatalog.Remove(PinnedDefinitions pins) => throw new NotSupportedException();

    Task<IReadOnlyList<CatalogTool>> ICatalog.ToolsOf(Guid serverId, CancellationToken cancellationToken) => throw new NotSupportedException();

    void ICatalog.Add(CatalogTool tool) => throw new NotSupportedException();

    void ICatalog.Remove(CatalogTool tool) => throw new NotSupportedException();

    void ICatalog.Add(CatalogChange change) => throw new NotSupportedException();

    Task<CatalogOffer?> ICatalog.OfferOf(Guid serverId, CancellationToken cancellationToken) => throw new NotSupportedException();

    void ICatalog.Add(CatalogOffer offer) => throw new NotSupportedException();

    Task<IReadOnlyList<ForeignTool>> ICatalog.ToolsOfOthers(Guid serverId, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<FoundTool?> ICatalog.Find(string server, string tool, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<FoundTool>> ICatalog.Search(ToolFilter filter, ToolPosition? after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<CatalogChange>> ICatalog.ChangesOf(Guid serverId, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
