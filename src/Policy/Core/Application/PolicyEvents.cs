using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;

namespace McpPlatform.Policy.Application;

/// <summary>The events of this service.</summary>
internal static class PolicyEvents
{
    /// <summary>Says that the snapshot has a new version.</summary>
    public static void Publish(this IEventOutbox outbox, Guid tenantId, long version, DateTimeOffset now) =>
        outbox.Add(new PolicyPublished(Guid.CreateVersion7(now), now, tenantId, version));
}
