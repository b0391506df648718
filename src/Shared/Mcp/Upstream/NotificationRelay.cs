using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>Where a notification goes that comes with the answer to a request: to the request's caller under the names that he gave, or to the peer when it is about no request.</summary>
/// <param name="peer">Null: nobody hears of what is about no request.</param>
internal sealed class NotificationRelay(IUpstreamPeer? peer)
{
    /// <summary>Waits until the caller has taken it; the server's time does not run meanwhile.</summary>
    public async Task Relay(Envelope message, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        switch (message.Method)
        {
            case McpMethods.Progress:
                // Progress that nobody asked for has nowhere to go.
                if (!asked.Token.IsNone && RequestId.FromRaw(message.Param("progressToken"u8)).Is(asked.Id))
                {
                    using var restored = CallMeta.Restore(message, asked.Token);
                    await Deliver(restored.Written, asked, patience, cancellationToken);
                }

                return;
            case McpMethods.Cancelled:
                asked.Questions.Cancel(message);
                return;
            case McpMethods.ToolsChanged or McpMethods.PromptsChanged or McpMethods.ResourcesChanged or McpMethods.ResourceUpdated when !asked.Link.Handshake.Version.IsModern:
                // Sent with this request, but not about it.
                peer?.Notified(message);
                return;
        }

        if (asked.Request.OnNotification is null)
        {
            peer?.Notified(message);
        }
        else if (asked.Link.Handshake.Version.IsModern)
        {
            using var restored = CallMeta.RestoreSubscription(message, asked.Request.SubscriptionId);
            await Deliver(restored.Written, asked, patience, cancellationToken);
        }
        else
        {
            await Deliver(message.Bytes, asked, patience, cancellationToken);
        }
    }

    private static async Task Deliver(ReadOnlyMemory<byte> message, AskedRequest asked, Patience patience, CancellationToken cancellationToken)
    {
        if (asked.Request.OnNotification is { } deliver)
        {
            patience.Pause();
            await deliver(message, cancellationToken);
        }
    }
}
