using System.Collections.Concurrent;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Sessions;

/// <summary>The client of a legacy session, for servers of its own era: each has a connection that is this session's alone, and says there what belongs to no request.</summary>
internal sealed class SessionClient(ClientSession session, SessionParts parts) : UpstreamClient(ProtocolEra.Legacy, session.Capabilities, session.ClientInfo), IAsyncDisposable
{
    private static readonly byte[] Gone = "{\"code\":-32603,\"message\":\"The client is gone.\"}"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task> _listening = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, bool> _followed = new();
    private readonly ConcurrentDictionary<(Guid ServerId, string Uri), bool> _subscribed = new();
    private readonly CancellationTokenSource _end = new();

    /// <summary>Whether a server is spoken with on a connection of this session alone, as far as is known.</summary>
    public static bool Owns(ServerRoute server) => server.Legacy is not null && Array.TrueForAll(server.Endpoints, endpoint => endpoint.IsProcess ? endpoint.Scope == ProcessScope.Session : endpoint.Scope == ProcessScope.Tenant);

    public override IUpstreamPeer PeerOf(ServerRoute server) => new Peer(this, server.TenantId, server.ServerId, server.Endpoints[0].IsProcess);

    /// <summary>
    /// A server by address says what belongs to no request on a stream of its own, at the endpoint that has the session. It is open for the rest of the session once the client has a
    /// stream as well, or follows the server.
    /// </summary>
    public override void Uses(EndpointRoute endpoint, IUpstreamConnection connection)
    {
        if (endpoint.IsProcess || !(session.HasStream || _followed.ContainsKey(endpoint.Server.ServerId)) || !Owns(endpoint.Server))
        {
            return;
        }

        lock (_gate)
        {
            if (!_end.IsCancellationRequested && !_listening.ContainsKey(endpoint.Id))
            {
                // The lease keeps the connection from being taken for idle.
                var user = new UpstreamUser(session.Info.Id, session.Info.Caller.Subject, session.Ended) { Client = this };
                _listening.Add(endpoint.Id, Run(endpoint.Id, parts.Pool.Get(endpoint, user, _end.Token)));
            }
        }
    }

    /// <summary>What the server says is wanted, from the next request to it on.</summary>
    public void Follow(ServerRoute server) => _followed[server.ServerId] = true;

    /// <summary>A server that knows this session tells of a resource, or no longer: should it lose the session, it is asked again in the next one.</summary>
    public void Subscribed(ServerRoute server, string uri, bool wants)
    {
        if (!wants)
        {
            _subscribed.TryRemove((server.ServerId, uri), out _);
        }
        else if (_subscribed.Count < parts.MaxWatched)
        {
            _subscribed[(server.ServerId, uri)] = true;
        }
    }

    /// <summary>Sends a raw notification to the client, outside of its requests.</summary>
    public async Task Send(ReadOnlyMemory<byte> notification)
    {
        try
        {
            await session.Send(notification, _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The session is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Task[] listening;
        lock (_gate)
        {
            listening = [.. _listening.Values];
        }

        await Task.WhenAll(listening);
        _end.Dispose();
    }

    private async Task Run(string endpoint, ValueTask<UpstreamLease> getting)
    {
        // Whoever makes a request does not wait for this.
        await Task.Yield();
        try
        {
            using var lease = await getting;
            await lease.Connection.Listen(_end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The session is over.
        }
        catch (Exception exception) when (CallFailure.Of(exception) is not null)
        {
            // Calls tell the client; the next one listens again.
            lock (_gate)
            {
                _listening.Remove(endpoint);
            }
        }
    }

    private bool Passes(Envelope log) => LogLevel is not { } wanted || LogLevels.Passes(log.TextParam("level"u8), wanted);

    private sealed class Peer(SessionClient client, Guid tenantId, Guid serverId, bool isProcess) : IUpstreamPeer
    {
        public IReadOnlyList<UpstreamRequest> Opening =>
        [
            .. client._subscribed.Keys.Where(key => key.ServerId == serverId)
                .Select(key => ServerWatch.Subscribe(key.Uri)),
        ];

        public void Notified(Envelope notification)
        {
            // The lists and resources of a server by address are everybody's; those of a process of its own are the session's.
            if (!isProcess && Gateway.Changes.Changes.Of(notification.Method) != Gateway.Changes.Change.None)
            {
                SharedPeer.Take(notification, tenantId, serverId, client.Parts.Relook, client.Parts.Hub);
                return;
            }

            if (notification.Method != McpMethods.LogMessage || client.Passes(notification))
            {
                _ = client.Send(notification.Bytes.ToArray());
            }
        }

        public async ValueTask<RpcAnswer> Asked(Envelope question, CancellationToken cancellationToken)
        {
            if (client.RefusalOf(question.Method) is { } refused)
            {
                return refused;
            }

            try
            {
                return await client.Session.Ask(question.Method!, question.Params, cancellationToken);
            }
            catch (SessionEndedException)
            {
                return new RpcAnswer(true, Gone, null);
            }
        }
    }

    private SessionParts Parts => parts;

    private ClientSession Session => session;
}
