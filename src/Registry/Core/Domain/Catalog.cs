using System.Security.Cryptography;
using System.Text;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>One tool of a server's catalog, as the server defines it.</summary>
public sealed class CatalogTool : ITenantOwned
{
    public const int MaxNameLength = 128;
    public const int HashLength = 64;

    private CatalogTool()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid ServerId { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>From the definition; for the search.</summary>
    public string Description { get; private set; } = "";

    public string Hash { get; private set; } = "";

    /// <summary>The definition's JSON text, member for member as the server sent it.</summary>
    public string Definition { get; private set; } = "{}";

    /// <summary>The era in which alone the server has it; null = in each that it speaks.</summary>
    public string? Era { get; private set; }

    /// <summary>What clients must be able to be asked for to have it, separated by spaces; null = nothing.</summary>
    public string? Needs { get; private set; }

    /// <summary>What clients get in a repaired form, for people.</summary>
    public IReadOnlyList<string> Repairs { get; private set; } = [];

    /// <summary>Differs when the tool does.</summary>
    public string Mark => Hash + Era + Needs;

    public static CatalogTool Of(Guid tenantId, Guid serverId, ToolDefinition definition, DateTimeOffset now)
    {
        var tool = new CatalogTool { Id = Guid.CreateVersion7(now), TenantId = tenantId, ServerId = serverId, Name = definition.Name };
        tool.Redefine(definition);
        return tool;
    }

    public void Redefine(ToolDefinition definition)
    {
        (Hash, Era, Needs) = (definition.Hash, definition.Era, definition.Needs);
        Definition = definition.Definition.GetRawText();
        Repairs = [.. definition.Repairs ?? []];
        Description = definition.Definition.TryGetProperty("description", out var text) && text.ValueKind == System.Text.Json.JsonValueKind.String ? text.GetString()! : "";
    }
}

/// <summary>What changed in a server's catalog at one look.</summary>
public sealed class CatalogChange : ITenantOwned
{
    private CatalogChange()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid ServerId { get; private set; }

    public DateTimeOffset At { get; private set; }

    public string CatalogHash { get; private set; } = "";

    public IReadOnlyList<string> Added { get; private set; } = [];

    public IReadOnlyList<string> Changed { get; private set; } = [];

    public IReadOnlyList<string> Removed { get; private set; } = [];

    public static CatalogChange Of(Guid tenantId, Guid serverId, CatalogDifference difference, string catalogHash, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TenantId = tenantId,
        ServerId = serverId,
        At = now,
        CatalogHash = catalogHash,
        Added = difference.Added,
        Changed = difference.Changed,
        Removed = difference.Removed,
    };
}

/// <summary>Names that are new, differ, or are gone, each in order.</summary>
public sealed record CatalogDifference(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;

    /// <summary>Compares by name and hash.</summary>
    public static CatalogDifference Between(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) => new(
        [.. now.Keys.Where(n => !before.ContainsKey(n)).Order(StringComparer.Ordinal)],
        [.. now.Where(n => before.TryGetValue(n.Key, out var hash) && hash != n.Value).Select(n => n.Key).Order(StringComparer.Ordinal)],
        [.. before.Keys.Where(n => !now.ContainsKey(n)).Order(StringComparer.Ordinal)]);
}

/// <summary>The hash of a whole catalog: independent of the order in which the server lists its tools.</summary>
public static class CatalogHash
{
    public static string Of(IEnumerable<ToolDefinition> tools)
    {
        var lines = tools.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $"{t.Name}\n{Mark(t)}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    /// <summary>What must differ for a tool to count as changed.</summary>
    public static string Mark(ToolDefinition tool) => tool.Hash + tool.Era + tool.Needs;
}
