using System.Collections.Concurrent;
using McpPlatform.Gateway;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Keeps what the gateway reported, one line each.</summary>
internal sealed class RecordingObserver : IGatewayObserver
{
    public ConcurrentQueue<string> Events { get; } = new();

    public void SpoolFailed(Exception exception) => Events.Enqueue("spool failed");

    public void SpoolDamaged(long segment, long offset, long bytes) => Events.Enqueue("spool damaged");
}
