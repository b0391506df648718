using System.Collections.Concurrent;
using McpPlatform.Gateway;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Keeps what the gateway reported, one line each.</summary>
internal sealed class RecordingObserver : IGatewayObserver
{
    public ConcurrentQueue<string> Events { get; } = new();

    public void SpoolFailed(Exception exception) => Events.Enqueue("spool failed");

    public void BreakerChanged(string server, string endpoint, bool isOpen) => Events.Enqueue($"{server} {(isOpen ? "open" : "closed")}");

    public void SpoolDamaged(long segment, long offset, long bytes) => Events.Enqueue("spool damaged");

    public void SnapshotTaken(string name, long version) => Events.Enqueue($"{name} {version} taken");

    public void SnapshotRefused(string name, long? version) => Events.Enqueue($"{name} {version?.ToString() ?? "?"} refused");

    public void SnapshotUnreadable(string name, Exception exception) => Events.Enqueue($"{name} unreadable");

    public void SnapshotNotKept(string name, Exception exception) => Events.Enqueue($"{name} not kept");

    public void ToolRepaired(string server, string tool, string repairs) => Events.Enqueue($"{server} {tool} repaired");

    public void ToolSetLeftOut(Guid tenantId, string slug) => Events.Enqueue($"{slug} left out");

    public void PolicyMalformed(int problems) => Events.Enqueue("policy malformed");
}
