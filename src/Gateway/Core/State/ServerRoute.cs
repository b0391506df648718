using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;

namespace McpPlatform.Gateway.State;

/// <summary>One server of one tenant, ready to be listed, decided about and called.</summary>
public sealed class ServerRoute
{
    /// <summary>Servers with this tag answer only when the call can be recorded.</summary>
    public const string AuditTag = "audit";

    private AttemptTimers? _timers;

    /// <param name="before">The same server in the last snapshot: what it has left of its budget lives on.</param>
    internal ServerRoute(ServerEntry entry, ServerRoute? before)
    {
        (TenantId, ServerId, Slug, Environment, Connection) = (entry.TenantId, entry.ServerId, entry.Slug, entry.Environment, entry.Connection);
        RequiresAudit = entry.Tags.Contains(AuditTag, StringComparer.Ordinal);
        ConnectionHash = HashOf(entry.Connection);
        MaxAttempts = entry.MaxAttempts ?? int.MaxValue;
        Budget = before?.Budget ?? new RetryBudget();
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

    /// <summary>Most attempts at one call, the first included; the gateway's own bound holds as well.</summary>
    public int MaxAttempts { get; }

    /// <summary>What calls of it may retry.</summary>
    public RetryBudget Budget { get; }

    /// <summary>By name, ordinal.</summary>
    public ToolRoute[] Tools { get; }

    public FrozenDictionary<string, ToolRoute> ByName { get; }

    /// <summary>The gateway's timers with those in place that the server's entry sets. Made once.</summary>
    public AttemptTimers TimersOver(AttemptTimers defaults) => _timers ??= Connection.Timeouts is { } own
        ? new(
            Of(own.ConnectMs) ?? defaults.Connect, Of(own.HeadersMs) ?? defaults.Headers, Of(own.FirstByteMs) ?? defaults.FirstByte, Of(own.IdleMs) ?? defaults.Idle,
            Of(own.TotalMs) ?? defaults.Total)
        : defaults;

    private static TimeSpan? Of(int? milliseconds) => milliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null;

    /// <summary>Equal for equal ways to reach a server.</summary>
    public static string HashOf(ServerConnection connection) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(connection, SnapshotJson.Default.ServerConnection)));
}
