using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.State;
using McpPlatform.Gateway.Telemetry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Sessions;

/// <summary>What the gateway keeps of a legacy session: the client as servers see it, and what the client wants to be told.</summary>
internal sealed class GatewaySession : IAsyncDisposable, IChangeSubscriber
{
    private readonly SessionParts _parts;
    private readonly Lock _gate = new();
    private readonly long _since;
    private readonly Dictionary<string, Guid> _watched = new(StringComparer.Ordinal);
    private IDisposable? _changes;
    private IDisposable? _watch;
    private readonly Lazy<SessionClient> _client;
    private readonly Lazy<ClientProfile?> _profile;
    private Holder _holder;
    private bool _isTold;
    private bool _isOver;

    /// <param name="request">The one that opened it.</param>
    public GatewaySession(ClientSession session, GatewayRequest request, SessionParts parts)
    {
        (Session, _holder, _parts, _since) = (session, Holder.Of(request), parts, parts.Time.GetTimestamp());

        // What the client can be asked for is known from the handshake on, which may come later.
        _client = new(() => new SessionClient(session, parts));
        // Not the request itself: it holds the state of then.
        var named = request.Profile;
        _profile = new(() => named ?? parts.Profiles.Of(session.ClientInfo));
        if (session.IsInitialized)
        {
            Attach(request);
        }
    }

    public ClientSession Session { get; }

    /// <summary>What a client of plain HTTP said of itself; null for those that speak MCP.</summary>
    public PlainClient? Plain { get; init; }

    /// <summary>The client as servers see it. Asked for after the handshake only.</summary>
    public SessionClient Client => _client.Value;

    /// <summary>Who has it.</summary>
    public Holder Holder => Volatile.Read(ref _holder);

    /// <summary>What its requests are answered by where they name no profile: that of its key, or of the client by its own word; null when there is none.</summary>
    public ClientProfile? Profile => _profile.Value;

    public Guid TenantId => Holder.TenantId;

    public string? Server => Holder.Server;

    public string? Set => Holder.Set;

    /// <summary>Called with every request of a client of plain HTTP: it is told of nothing, and may go on with another key of the same principal.</summary>
    public void Use(GatewayRequest request)
    {
        if (!Holder.Is(request))
        {
            Volatile.Write(ref _holder, Holder with { Credential = request.Credential });
        }
    }

    /// <summary>Called with every request of the session; from the first one after its handshake on it is told of changes.</summary>
    public void Attach(GatewayRequest request)
    {
        // The same principal may go on with another key, when the one before is about to end.
        if (!Holder.Is(request))
        {
            Volatile.Write(ref _holder, Holder.Of(request));
        }

        if (Volatile.Read(ref _isTold))
        {
            return;
        }

        lock (_gate)
        {
            // A request can meet the end of its session: what it began then, nobody would end.
            if (!_isTold && !_isOver)
            {
                _changes = _parts.Hub.Subscribe(this);
                _watch = request.Server is not { } server ? _parts.AllWatches.Watch(request.Caller.TenantId, request.Set?.Slug)
                    : !SessionClient.Owns(server) || TenantWatches.CanTell(server) ? _parts.Watches.Watch(server)
                    : null;
                Volatile.Write(ref _isTold, true);
            }
        }
    }

    /// <summary>The client wants to be told when a resource changes. For servers that have no connection of this client alone. False: it has as many as it may already.</summary>
    public bool Subscribe(ServerRoute server, string uri)
    {
        lock (_gate)
        {
            if (_isOver || _watched.ContainsKey(uri))
            {
                return true;
            }

            if (_watched.Count >= _parts.MaxWatched)
            {
                return false;
            }

            _watched.Add(uri, server.ServerId);
            _parts.Watches.Add(server, uri);
            return true;
        }
    }

    public void Unsubscribe(string uri)
    {
        lock (_gate)
        {
            if (_watched.Remove(uri, out var server))
            {
                _parts.Watches.Remove(TenantId, server, uri);
            }
        }
    }

    public void Changed(ServerRoute server, Change change)
    {
        if (_parts.Standing.Of(Holder) is { } caller && Access.IsVisible(caller, server, Now()))
        {
            Send(change);
        }
    }

    public void Changed(ToolSetRoute set, ToolSetRoute? before, Change change)
    {
        if (_parts.Standing.Of(Holder) is { } caller && (Access.IsVisible(caller, set, Now()) || (before is not null && Access.IsVisible(caller, before, Now()))))
        {
            Send(change);
        }
    }

    public void Updated(ServerRoute server, string uri, ReadOnlyMemory<byte> parameters)
    {
        bool wants;
        lock (_gate)
        {
            wants = _watched.TryGetValue(uri, out var id) && id == server.ServerId;
        }

        if (wants && _parts.Standing.Of(Holder) is { } caller && Access.MayRead(caller, server, uri, Now()))
        {
            Send(McpMethods.ResourceUpdated, parameters);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isOver = true;
            _changes?.Dispose();
            _watch?.Dispose();
            foreach (var (uri, server) in _watched)
            {
                _parts.Watches.Remove(TenantId, server, uri);
            }

            _watched.Clear();
        }

        GatewayMetrics.SessionEnded(Session.Info.Version, _parts.Time.GetElapsedTime(_since));
        if (_client.IsValueCreated)
        {
            await Client.DisposeAsync();
        }
    }

    private Asked Now() => new(_parts.Time.GetUtcNow(), null);

    private void Send(Change change)
    {
        if (Profile is { ListChanged: false })
        {
            return;
        }

        foreach (var method in Gateway.Changes.Changes.Methods(change))
        {
            Send(method, default);
        }
    }

    private void Send(string method, ReadOnlyMemory<byte> parameters)
    {
        using var message = new PooledBuffer(parameters.Length + 128);
        JsonRpcWriter.WriteNotification(message, method, parameters.Span);
        _ = Client.Send(message.Written.ToArray());
    }
}
