using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;

namespace McpPlatform.Registry.Infrastructure.Persistence;

/// <summary>The database of this service.</summary>
internal sealed class RegistryDbContext(DbContextOptions<RegistryDbContext> options, TenantContext tenant) : ServiceDbContext(options, tenant)
{
    public DbSet<RegisteredServer> Servers => Set<RegisteredServer>();

    public DbSet<CatalogTool> CatalogTools => Set<CatalogTool>();

    public DbSet<CatalogOffer> CatalogOffers => Set<CatalogOffer>();

    public DbSet<CatalogChange> CatalogChanges => Set<CatalogChange>();

    public DbSet<PinnedDefinitions> PinnedDefinitions => Set<PinnedDefinitions>();

    public DbSet<HttpTool> HttpTools => Set<HttpTool>();

    public DbSet<HttpToolRevision> HttpToolRevisions => Set<HttpToolRevision>();

    public DbSet<IntentRoute> Routes => Set<IntentRoute>();

    public DbSet<Integration> Integrations => Set<Integration>();

    public DbSet<ToolSet> ToolSets => Set<ToolSet>();

    public DbSet<ToolSetRevision> ToolSetRevisions => Set<ToolSetRevision>();

    public DbSet<ToolEmbedding> ToolEmbeddings => Set<ToolEmbedding>();

    public DbSet<EndpointReports> EndpointReports => Set<EndpointReports>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        SnapshotVersion.AddTo(modelBuilder);
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>For dotnet-ef.</summary>
internal sealed class RegistryDbContextFactory() : DesignTimeFactory<RegistryDbContext>((options, tenant) => new(options, tenant));
