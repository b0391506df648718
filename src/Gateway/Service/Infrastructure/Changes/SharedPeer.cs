using McpPlatform.Gateway.Changes;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>Takes what a server says on connections that callers share: that its lists or resources changed. It has no client there that it could ask.</summary>
internal sealed class SharedPeer(Guid tenantId, Guid serverId, ServerWatches watches, CatalogRelook relook, ChangeHub hub) : IUpstreamPeer
{
    private static readonly byte[] NotAsked = Encode("Nobody stands behind this connection who could be asked.");

    private bool _hasOpened;

    /// <summary>What somebody watches there: should the server lose its session, it is asked again in the next one, and looked at, since it had nobody to tell what changed meanwhile.</summary>
    public IReadOnlyList<UpstreamRequest> Opening
    {
        get
        {
            if (Interlocked.Exchange(ref _hasOpened, true))
            {
                relook.Changed(tenantId, serverId, Change.None);
            }

            return [.. watches.UrisOf(tenantId, serverId).Select(ServerWatch.Subscribe)];
        }
    }

    public void Notified(Envelope notification) => Take(notification, tenantId, serverId, relook, hub);

    public ValueTask<RpcAnswer> Asked(Envelope question, CancellationToken cancellationToken) => new(new RpcAnswer(true, NotAsked, null));

    /// <summary>Changes are everybody's, whoever's connection they come on. False: it is something else.</summary>
    public static bool Take(Envelope notification, Guid tenantId, Guid serverId, CatalogRelook relook, ChangeHub hub)
    {
        var change = Gateway.Changes.Changes.Of(notification.Method);
        if (change != Change.None)
        {
            relook.Changed(tenantId, serverId, change);
            return true;
        }

        if (notification.Method != McpMethods.ResourceUpdated || notification.TextParam("uri"u8) is not { } uri)
        {
            return false;
        }

        hub.TellUpdated(tenantId, serverId, uri, notification.Params);
        return true;
    }

    private static byte[] Encode(string message) =>
        [.. "{\"code\":-32601,\"message\":"u8, .. JsonMembers.Quote(message).Span, .. "}"u8];
}
