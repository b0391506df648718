using System.Data;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting.Embeddings;
using McpPlatform.Persistence;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Domain;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace McpPlatform.Registry.Infrastructure.Persistence;

internal sealed class SnapshotReader(RegistryDbContext context, SnapshotCache<RegistrySnapshot> cache, DefinitionDefaults defaults, IOptions<EmbeddingOptions> embeddings, TimeProvider clock) : ISnapshotReader
{
    public async Task<RegistrySnapshot> Read(CancellationToken cancellationToken)
    {
        // Repeatable read: version, servers and tools are of one instant.
        await using var transaction = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var version = await SnapshotVersion.Current(context, cancellationToken);
        if (cache.Find(version) is { } last)
        {
            return last;
        }

        var servers = await context.Servers.AsNoTracking().Where(s => s.DeletedAt == null).OrderBy(s => s.TenantId).ThenBy(s => s.Slug).ToListAsync(cancellationToken);
        var space = embeddings.Value is { IsConfigured: true } provider ? provider.Space : null;
        var vectors = space is null ? [] : (await context.ToolEmbeddings.AsNoTracking().Where(e => e.Space == space).Select(e => new { e.TenantId, e.Hash, e.Vector }).ToListAsync(cancellationToken))
            .ToDictionary(e => (e.TenantId, e.Hash), e => e.Vector);
        var tools = (await context.CatalogTools.AsNoTracking().OrderBy(t => t.Name).Select(t => new { t.TenantId, t.ServerId, t.Name, t.Hash, t.Definition, t.Era, t.Needs }).ToListAsync(cancellationToken))
            .ToLookup(t => t.ServerId, t => new ToolDefinition(t.Name, t.Hash, JsonElement.Parse(t.Definition), t.Era, t.Needs)
            {
                Vector = vectors.TryGetValue((t.TenantId, t.Hash), out var vector) ? new ReadOnlyMemory<byte>(vector) : null,
            });
        var offers = (await context.CatalogOffers.AsNoTracking().ToListAsync(cancellationToken)).ToDictionary(o => o.ServerId, o => o.Offer);
        var pinned = (await context.PinnedDefinitions.AsNoTracking().ToListAsync(cancellationToken)).ToDictionary(p => p.ServerId);
        var routes = await context.Routes.AsNoTracking().Where(r => r.Enabled).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var integrations = await context.Integrations.AsNoTracking().Where(i => i.Enabled).OrderBy(i => i.Id).ToListAsync(cancellationToken);
        var sets = await context.ToolSets.AsNoTracking().Where(s => s.DeletedAt == null).OrderBy(s => s.TenantId).ThenBy(s => s.Slug).ToListAsync(cancellationToken);
        var snapshot = new RegistrySnapshot(
            version, clock.GetUtcNow(), [.. servers.Select(s => SnapshotOf.Entry(s, tools[s.Id], offers.GetValueOrDefault(s.Id), PinsOf(s)))],
            [.. routes.Select(SnapshotOf.Route)], [.. integrations.Select(SnapshotOf.Integration)], [.. sets.Select(SnapshotOf.Entry)],
            vectors.Count == 0 ? null : space);
        cache.Keep(version, snapshot);
        return snapshot;

        // Before the first look decides, what is stored is what it will trust.
        IReadOnlyList<DefinitionPin>? PinsOf(RegisteredServer server) => defaults.RuleOf(server) is not { Quarantine: true } rule ? null
            : pinned.TryGetValue(server.Id, out var pins) ? pins.Pins()
            : rule.TrustFirstUse ? [.. PinnedDefinitions.Trusted(SeenDefinition.Of(tools[server.Id], offers.GetValueOrDefault(server.Id))).Select(d => new DefinitionPin(d.Kind, d.Name, d.Hash))]
            : [];
    }
}
