using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Embeddings;

/// <summary>What is embedded of the catalogs, of all tenants or of the current one.</summary>
public interface IToolEmbeddings
{
    /// <summary>
    /// Definitions without an embedding that tool sets with searching hold, each once for its tenant, the same number of each tenant, at most so many; with how many there are. Definitions that nobody can search
    /// for are not among them.
    /// </summary>
    /// <param name="except">Hashes of definitions that the provider refuses.</param>
    Task<MissingEmbeddings> Missing(string space, IReadOnlyCollection<string> except, int most, CancellationToken cancellationToken);

    /// <summary>Those of the hashes that have one.</summary>
    Task<IReadOnlyList<string>> Known(string space, IReadOnlyCollection<string> hashes, CancellationToken cancellationToken);

    void Add(ToolEmbedding embedding);

    /// <summary>Removes what belongs to no definition of a server that is there, and what is of another space and older than a day: replicas may have different models while one is replaced.</summary>
    Task<int> RemoveUnused(string space, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <param name="Count">Of all.</param>
public sealed record MissingEmbeddings(IReadOnlyList<MissingEmbedding> First, int Count);

/// <summary>A definition that wants an embedding.</summary>
/// <param name="Text">What is embedded.</param>
public sealed record MissingEmbedding(Guid TenantId, string Hash, string Text);
