using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>A tool that was registered as an HTTP operation.</summary>
/// <param name="Server">The server under which it appears once the factory has deployed it; its health is the server's.</param>
/// <param name="Version">Its ETag.</param>
public sealed record HttpToolView(Guid Id, string Name, string Server, HttpToolTerms Definition, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : IVersioned
{
    internal static HttpToolView Of(HttpTool tool) => new(tool.Id, tool.Name, tool.Slug, HttpToolTerms.Read(tool.Terms), tool.Version, tool.CreatedAt, tool.UpdatedAt);

    internal static Error NotFound() => Error.NotFound("tools.not_found", "There is no such tool.");

    internal static Error Changed(int version) => Error.PreconditionFailed("tools.changed", $"It has version {version} by now. Read it again and repeat your change.");
}

/// <summary>One version of it.</summary>
public sealed record HttpToolRevisionView(int Version, DateTimeOffset At, string By, bool Removed, HttpToolTerms Definition);

/// <summary>The stored tools of the current tenant.</summary>
public interface IHttpTools
{
    Task<HttpTool?> Find(Guid id, CancellationToken cancellationToken);

    /// <summary>Whether a tool that is not deleted has this slug.</summary>
    Task<bool> HasSlug(string slug, CancellationToken cancellationToken);

    Task<int> Count(CancellationToken cancellationToken);

    /// <summary>Not deleted ones by id.</summary>
    Task<IReadOnlyList<HttpTool>> List(Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>All versions, newest first.</summary>
    Task<IReadOnlyList<HttpToolRevision>> History(Guid toolId, CancellationToken cancellationToken);

    void Add(HttpTool tool);

    void Add(HttpToolRevision revision);
}

internal static class HttpToolEvents
{
    /// <summary>Tells the factory, which deploys, updates or removes.</summary>
    public static void ToolChanged(this IEventOutbox outbox, HttpTool tool, DateTimeOffset now)
    {
        var terms = HttpToolTerms.Read(tool.Terms);
        var removed = tool.DeletedAt is not null;
        outbox.Add(new HttpToolChanged(
            Guid.CreateVersion7(now), now, tool.TenantId, tool.Id, tool.Slug, tool.Name, tool.Version, removed ? null : terms.Document(tool.Name), terms.BaseUrls, terms.SecretName, removed));
    }
}
