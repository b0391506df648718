using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Changes;

/// <summary>
/// One server that is watched, on the connection that callers share: by <c>subscriptions/listen</c> where it speaks the modern era, which is sent anew when other resources are wanted;
/// else by its standalone stream and <c>resources/subscribe</c>. What breaks is begun again, with growing pauses.
/// </summary>
internal sealed class ServerWatch(
    Guid tenantId, Guid serverId, UpstreamPool pool, GatewayStateStore store, ChangeHub hub, CatalogRelook relook, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly WatchedResources _wanted = new();
    private readonly CancellationTokenSource _end = new();
    private Task? _running;

    public bool IsUnwanted => _wanted.IsNothing;

    /// <summary>The resources that are watched.</summary>
    public IReadOnlyList<string> Uris => _wanted.Uris;

    /// <summary>Asks a legacy server to tell of a resource.</summary>
    public static UpstreamRequest Subscribe(string uri) => new(McpMethods.SubscribeResource, Uri(uri));

    /// <summary>Somebody wants to hear of the lists.</summary>
    public void Enter()
    {
        _wanted.Enter();
        Begin();
    }

    public void Leave() => _wanted.Leave();

    public void Add(string uri)
    {
        _wanted.Add(uri);
        Begin();
    }

    public void Remove(string uri)
    {
        if (_wanted.Remove(uri))
        {
            Begin();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_running is { } running)
        {
            await running;
        }

        _end.Dispose();
    }

    private void Begin()
    {
        lock (_gate)
        {
            _running ??= Task.Run(Run);
        }
    }

    private async Task Run()
    {
        var wasThere = false;
        for (var failures = 0; !_end.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            try
            {
                if (!store.Current.Registry.RoutesOf(tenantId).ById.TryGetValue(serverId, out var server))
                {
                    return;
                }

                // What one endpoint says counts for the server; the next one is asked when it fails.
                using var lease = await pool.Get(server.Endpoints[failures % server.Endpoints.Length], default, _end.Token);
                var handshake = await lease.Connection.Connect(_end.Token);
                if (wasThere || server.IsQuarantined)
                {
                    // It had nobody to tell what changed meanwhile; and where changes are withheld, what is served from the disk after a start may be what is none any more.
                    relook.Changed(tenantId, serverId, Change.None);
                }

                wasThere = true;
                await (handshake.Version.IsModern ? Listen(lease.Connection) : Follow(lease.Connection));
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (CallFailure.Of(exception) is not null)
            {
                // Calls find out by themselves what is wrong with it.
            }

            failures = time.GetElapsedTime(began) > LongestPause ? 0 : failures + 1;
            var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>In the modern era a subscription is one request. When other resources are wanted the next one is acknowledged before the one before ends: nothing is missed in between.</summary>
    private async Task Listen(IUpstreamConnection connection)
    {
        WatchSubscription? held = null;
        try
        {
            while (true)
            {
                var (uris, changed) = _wanted.Now();
                var next = new WatchSubscription(connection, uris, Take, _end.Token);
                if (await Task.WhenAny(next.Acknowledged, next.Over, changed) == changed)
                {
                    await next.DisposeAsync();
                    continue;
                }

                if (held is not null)
                {
                    await held.DisposeAsync();
                }

                held = next;
                if (await Task.WhenAny(next.Over, changed) == next.Over)
                {
                    await next.Over;
                    return;
                }
            }
        }
        finally
        {
            if (held is not null)
            {
                await held.DisposeAsync();
            }
        }
    }

    /// <summary>In the legacy era resources are subscribed to one by one, on a connection that stays.</summary>
    private async Task Follow(IUpstreamConnection connection)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        Task? staying = null;
        try
        {
            while (true)
            {
                var (uris, changed) = _wanted.Now();
                foreach (var uri in uris.Where(told.Add))
                {
                    using var answer = await connection.Send(Subscribe(uri), stop.Token);
                }

                var unwanted = told.Except(uris).ToList();
                told.ExceptWith(unwanted);
                await Unsubscribe(connection, unwanted);
                staying ??= Stay(connection, stop.Token);
                if (await Task.WhenAny(staying, changed) == staying)
                {
                    await staying;
                    return;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await (staying ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Unsubscribe(connection, told);
        }
    }

    private static async Task Stay(IUpstreamConnection connection, CancellationToken cancellationToken)
    {
        await connection.Listen(cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private void Take(Envelope notification) => SharedPeer.Take(notification, tenantId, serverId, relook, hub);

    private static async Task Unsubscribe(IUpstreamConnection connection, IReadOnlyCollection<string> uris)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            foreach (var uri in uris)
            {
                using var answer = await connection.Send(new UpstreamRequest(McpMethods.UnsubscribeResource, Uri(uri)), patience.Token);
            }
        }
        catch (Exception exception) when (exception is UpstreamException || patience.IsCancellationRequested)
        {
            // It goes on to tell us, and nobody listens.
        }
    }

    private static byte[] Uri(string uri) => [.. "{\"uri\":"u8, .. JsonMembers.Quote(uri).Span, .. "}"u8];
}
