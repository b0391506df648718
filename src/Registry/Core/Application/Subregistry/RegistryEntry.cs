using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Subregistry;

/// <summary>A server of the tenant as other registries and clients read it: by its name in the world, behind the platform's address.</summary>
/// <param name="Name">Reverse-DNS namespace, a slash, and the slug.</param>
/// <param name="Description">1 to 100 characters, as the registry's schema wants it.</param>
/// <param name="Version">Changes with every change of the server; what it was before is not kept.</param>
/// <param name="IsActive">False for a server that was deleted or disabled.</param>
public sealed record RegistryEntry(
    string Name,
    string Slug,
    string Title,
    string Description,
    string Version,
    bool IsActive,
    DateTimeOffset PublishedAt,
    DateTimeOffset UpdatedAt,
    string Environment,
    IReadOnlyList<string> Tags,
    ServerHealth Health,
    int ToolCount)
{
    private const int MaxText = 100;

    internal static RegistryEntry Of(RegisteredServer server, string space) => new(
        $"{space}/{server.Slug}",
        server.Slug,
        Cut(server.Title),
        Cut(server.Title == server.Slug && server.Seen.ServerName.Length > 0 ? server.Seen.ServerName : server.Title),
        $"1.0.{server.Version}",
        server is { DeletedAt: null, Enabled: true },
        server.CreatedAt,
        server.UpdatedAt,
        server.Environment,
        server.Tags,
        server.Seen.Health,
        server.Seen.ToolCount);

    /// <summary>Never through the middle of a surrogate pair.</summary>
    private static string Cut(string text) => text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
}

/// <summary>What of a tenant's servers is asked for.</summary>
/// <param name="Text">Part of the name, in any case; null = all.</param>
/// <param name="UpdatedSince">Changed at or after then; null = whenever.</param>
/// <param name="WithInactive">Deleted and disabled ones as well: whoever keeps a copy learns that they are gone.</param>
public sealed record EntryFilter(string? Text, DateTimeOffset? UpdatedSince, bool WithInactive);
