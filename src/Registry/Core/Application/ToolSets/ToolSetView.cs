using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>A tool set as the API shows it.</summary>
/// <param name="Endpoint">Path at the gateway.</param>
/// <param name="Version">Its ETag.</param>
/// <param name="Holds">What it holds now; null in lists.</param>
/// <param name="Unmatched">What of it matches nothing now, in words; null in lists.</param>
/// <param name="Origin">File and line that declare it, where managed_by is file; it is read-only here then.</param>
public sealed record ToolSetView(
    Guid Id,
    string Slug,
    string Endpoint,
    ToolSetTerms Definition,
    ManagedBy ManagedBy,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    HeldItems? Holds,
    IReadOnlyList<string>? Unmatched,
    string? Origin) : IVersioned
{
    internal static ToolSetView Of(ToolSet set) => new(set.Id, set.Slug, $"/mcp/sets/{set.Slug}", set.Terms, set.ManagedBy, set.Version, set.CreatedAt, set.UpdatedAt, null, null, set.Origin);

    /// <summary>With what it comes to by the servers as they are.</summary>
    internal static async Task<ToolSetView> Of(ToolSet set, IToolSets sets, CancellationToken cancellationToken)
    {
        var view = Of(set);
        var (holds, unmatched) = ToolSetMatch.Of(view.Definition, await sets.Offered(view.Definition, cancellationToken));
        return view with { Holds = holds, Unmatched = unmatched };
    }

    internal static Error NotFound() => Error.NotFound("tool_sets.not_found", "There is no such tool set.");

    internal static Error NoVersion(int version) => Error.NotFound("tool_sets.no_version", $"It has no version {version}.");

    internal static Error Managed(ToolSet set) => Error.Conflict(
        "tool_sets.managed", $"This tool set is managed by {set.Origin ?? set.ManagedBy.ToString().ToLowerInvariant()}. Change it there; here it can only be read.");

    internal static Error Changed(int version) => Error.PreconditionFailed("tool_sets.changed", $"It has version {version} by now. Read it again and repeat your change.");
}

/// <summary>How many items a set holds.</summary>
public sealed record HeldItems(int Tools, int Prompts, int Resources);

/// <summary>One version of it.</summary>
public sealed record ToolSetRevisionView(int Version, DateTimeOffset At, string By, bool Removed, ToolSetTerms Definition)
{
    internal static ToolSetRevisionView Of(ToolSetRevision revision) => new(revision.Version, revision.At, revision.By, revision.Removed, revision.Terms);
}
