using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>One server of one tenant, ready to be listed, decided about and called.</summary>
public sealed class ServerRoute
{
    /// <summary>Servers with this tag answer only when the call can be recorded.</summary>
    public const string AuditTag = "audit";

    internal ServerRoute(ServerEntry entry)
    {
        (TenantId, ServerId, Slug, Environment, Connection) = (entry.TenantId, entry.ServerId, entry.Slug, entry.Environment, entry.Connection);
        RequiresAudit = entry.Tags.Contains(AuditTag, StringComparer.Ordinal);
        ConnectionHash = HashOf(entry.Connection);
        // A server that lists a name twice means one tool: the first.
        Tools = [.. entry.Tools.DistinctBy(tool => tool.Name, StringComparer.Ordinal).OrderBy(tool => tool.Name, StringComparer.Ordinal).Select(tool => new ToolRoute(this, tool))];
        ByName = Tools.ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
    }

    public Guid TenantId { get; }

    public Guid ServerId { get; }

    public string Slug { get; }

    /// <summary>Label that policy rules can name; empty = none.</summary>
    public string Environment { get; }

    /// <summary>Whether a call must be refused rather than go unrecorded.</summary>
    public bool RequiresAudit { get; }

    public ServerConnection Connection { get; }

    /// <summary>Changes with anything that decides how the server is reached.</summary>
    public string ConnectionHash { get; }

    /// <summary>By name, ordinal.</summary>
    public ToolRoute[] Tools { get; }

    public FrozenDictionary<string, ToolRoute> ByName { get; }

    /// <summary>Equal for equal ways to reach a server.</summary>
    public static string HashOf(ServerConnection connection) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(connection, SnapshotJson.Default.ServerConnection)));
}
