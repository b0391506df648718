using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>One definition as it was accepted; the text is kept so that a change can be shown beside it.</summary>
public sealed record AcceptedDefinition(string Kind, string Name, string Hash, string Text);

/// <summary>
/// The definitions of a server that were accepted, as a set: what is not in it, by name and by content, is withheld. A name that is unknown waits like a content that changed, else a
/// rename would defeat it.
/// </summary>
public sealed class PinnedDefinitions : ITenantOwned, IAudited
{
    private PinnedDefinitions()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid ServerId { get; private set; }

    /// <summary>Slug of the server.</summary>
    public string Server { get; private set; } = "";

    public int Version { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public IReadOnlyList<AcceptedDefinition> Accepted { get; private set; } = [];

    /// <summary>Ids of changes that somebody refused: withheld like the others, and no longer waiting for anybody.</summary>
    public IReadOnlyList<string> Rejected { get; private set; } = [];

    string IAudited.AuditName => Server;

    /// <summary>The set that a server begins with.</summary>
    public static PinnedDefinitions First(RegisteredServer server, IEnumerable<SeenDefinition> seen, bool trusts, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = server.TenantId,
        ServerId = server.Id,
        Server = server.Slug,
        UpdatedAt = now,
        Accepted = trusts ? [.. Trusted(seen).Select(Accept)] : [],
    };

    /// <summary>What is trusted at first use: whatever nothing speaks against.</summary>
    public static IEnumerable<SeenDefinition> Trusted(IEnumerable<SeenDefinition> seen) => seen.Where(definition => DefinitionScan.Of(definition).Count == 0);

    public bool Has(SeenDefinition seen) => Accepted.Any(known => known.Kind == seen.Kind && known.Name == seen.Name && known.Hash == seen.Hash);

    public IReadOnlyList<DefinitionPin> Pins() => [.. Accepted.Select(known => new DefinitionPin(known.Kind, known.Name, known.Hash))];

    /// <summary>Takes these in place of what was accepted under their names. What a rename took the place of goes with it.</summary>
    public void Accept(IReadOnlyList<PendingChange> changes, DateTimeOffset now)
    {
        var replaced = changes.Select(change => (change.Seen.Kind, change.Seen.Name)).Concat(changes.Where(change => change.Was is not null).Select(change => (change.Seen.Kind, Name: change.Was!))).ToHashSet();
        Accepted = [.. Accepted.Where(known => !replaced.Contains((known.Kind, known.Name))), .. changes.Select(change => Accept(change.Seen))];
        Rejected = [.. Rejected.Except(changes.Select(change => change.Id))];
        Touch(now);
    }

    /// <summary>Refuses these. Of earlier refusals only those are kept that are still about something the server shows.</summary>
    public void Reject(IReadOnlyList<PendingChange> changes, IEnumerable<PendingChange> all, DateTimeOffset now)
    {
        var shown = all.Select(change => change.Id).ToHashSet(StringComparer.Ordinal);
        Rejected = [.. Rejected.Where(shown.Contains).Union(changes.Select(change => change.Id))];
        Touch(now);
    }

    private static AcceptedDefinition Accept(SeenDefinition seen) => new(seen.Kind, seen.Name, seen.Hash, seen.Text);

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
