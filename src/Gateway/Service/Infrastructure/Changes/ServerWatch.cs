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
    private readonly Dictionary<string, int> _uris = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenSource? _round;
    private Task? _running;
    private int _listeners;

    public bool IsUnwanted
    {
        get
        {
            lock (_gate)
            {
                return _listeners == 0 && _uris.Count == 0;
            }
        }
    }

    /// <summary>Somebody wants to hear of the lists.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            _listeners++;
            _running ??= Task.Run(Run);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _listeners--;
        }
    }

    public void Add(string uri)
    {
        lock (_gate)
        {
            _uris[uri] = _uris.GetValueOrDefault(uri) + 1;
            Begin(isNew: _uris[uri] == 1);
        }
    }

    public void Remove(string uri)
    {
        lock (_gate)
        {
            if (_uris.TryGetValue(uri, out var count))
            {
                _ = count == 1 ? _uris.Remove(uri) : (_uris[uri] = count - 1) > 0;
                Begin(isNew: count == 1);
            }
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

    /// <summary>Under the gate. Other resources are wanted: what runs is given up for what is to be asked now.</summary>
    private void Begin(bool isNew)
    {
        if (isNew && _running is not null)
        {
            _ = _round?.CancelAsync();
        }

        _running ??= Task.Run(Run);
    }

    private async Task Run()
    {
        for (var failures = 0; !_end.IsCancellationRequested;)
        {
            CancellationTokenSource round;
            string[] uris;
            lock (_gate)
            {
                round = _round = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                uris = [.. _uris.Keys];
            }

            var began = time.GetTimestamp();
            try
            {
                if (!store.Current.Registry.RoutesOf(tenantId).ById.TryGetValue(serverId, out var server))
                {
                    return;
                }

                using var lease = await pool.Get(server.Endpoints[0], default, round.Token);
                var handshake = await lease.Connection.Connect(round.Token);
                await (handshake.Version.IsModern ? Listen(lease.Connection, uris, round.Token) : Follow(lease.Connection, uris, round.Token));
            }
            catch (OperationCanceledException) when (round.IsCancellationRequested)
            {
                // Over, or to be begun with other resources: at once.
                continue;
            }
            catch (Exception exception) when (CallFailure.Of(exception) is not null)
            {
                // Calls find out by themselves what is wrong with it.
            }
            finally
            {
                lock (_gate)
                {
                    _round = null;
                }

                round.Dispose();
            }

            failures = time.GetElapsedTime(began) > LongestPause ? 0 : failures + 1;
            var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Listen(IUpstreamConnection connection, string[] uris, CancellationToken cancellationToken)
    {
        var parameters = (byte[])
        [
            .. "{\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true"u8,
            .. uris.Length == 0 ? default : ",\"resourceSubscriptions\":["u8,
            .. uris.SelectMany((uri, index) => (byte[])[.. index == 0 ? default : ","u8, .. JsonMembers.Quote(uri).Span]),
            .. uris.Length == 0 ? default : "]"u8,
            .. "}}"u8,
        ];
        var request = new UpstreamRequest(McpMethods.Listen, parameters)
        {
            Clock = Endless.Clock,
            OnNotification = (message, _) =>
            {
                if (EnvelopeParser.Parse(message).Envelope is { } notification)
                {
                    SharedPeer.Take(notification, tenantId, serverId, relook, hub);
                }

                return ValueTask.CompletedTask;
            },
        };
        using var over = await connection.Send(request, cancellationToken);
    }

    private static async Task Follow(IUpstreamConnection connection, string[] uris, CancellationToken cancellationToken)
    {
        foreach (var uri in uris)
        {
            using var answer = await connection.Send(new UpstreamRequest(McpMethods.SubscribeResource, Uri(uri)), cancellationToken);
        }

        try
        {
            await connection.Listen(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            foreach (var uri in uris)
            {
                await Unsubscribe(connection, uri);
            }
        }
    }

    private static async Task Unsubscribe(IUpstreamConnection connection, string uri)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var answer = await connection.Send(new UpstreamRequest(McpMethods.UnsubscribeResource, Uri(uri)), patience.Token);
        }
        catch (Exception exception) when (exception is UpstreamException || patience.IsCancellationRequested)
        {
            // It goes on to tell us, and nobody listens.
        }
    }

    private static byte[] Uri(string uri) => [.. "{\"uri\":"u8, .. JsonMembers.Quote(uri).Span, .. "}"u8];
}

/// <summary>For requests that last as long as somebody listens.</summary>
internal sealed class Endless : IExchangeClock
{
    public static Endless Clock { get; } = new();

    public void Wait(ExchangePhase phase)
    {
        // Nothing runs out.
    }
}
