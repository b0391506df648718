using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>One <c>subscriptions/listen</c> at a modern server: from its request to its end.</summary>
internal sealed class WatchSubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="uris">Resources; changes of lists are asked for always.</param>
    /// <param name="take">Gets every notification, valid during the call.</param>
    public WatchSubscription(IUpstreamConnection connection, string[] uris, Action<Envelope> take, CancellationToken cancellationToken)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Over = Run(connection, uris, take);
    }

    /// <summary>The server has said that it tells us from now on.</summary>
    public Task Acknowledged => _acknowledged.Task;

    /// <summary>Fails with what the connection failed with.</summary>
    public Task Over { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();

        // Whoever wanted to know how it ended has looked.
        await Over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task Run(IUpstreamConnection connection, string[] uris, Action<Envelope> take)
    {
        var request = new UpstreamRequest(McpMethods.Listen, Params(uris))
        {
            Clock = Endless.Clock,
            OnNotification = (message, _) =>
            {
                if (EnvelopeParser.Parse(message).Envelope is { } notification)
                {
                    if (notification.Method == McpMethods.SubscriptionAcknowledged)
                    {
                        _acknowledged.TrySetResult();
                    }

                    take(notification);
                }

                return ValueTask.CompletedTask;
            },
        };
        using var over = await connection.Send(request, _end.Token);
    }

    private static byte[] Params(string[] uris) =>
    [
        .. "{\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true"u8,
        .. uris.Length == 0 ? default : ",\"resourceSubscriptions\":["u8,
        .. uris.SelectMany((uri, index) => (byte[])[.. index == 0 ? default : ","u8, .. JsonMembers.Quote(uri).Span]),
        .. uris.Length == 0 ? default : "]"u8,
        .. "}}"u8,
    ];
}
