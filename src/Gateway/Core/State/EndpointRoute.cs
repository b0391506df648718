using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Balancing;

namespace McpPlatform.Gateway.State;

/// <summary>One place at which a server answers.</summary>
public sealed class EndpointRoute
{
    internal EndpointRoute(ServerRoute server, ServerConnection connection, int weight, int index, BreakerOrder? order, EndpointState? known)
    {
        (Server, Connection, Weight, Index) = (server, connection, weight, index);
        ConnectionHash = ServerRoute.HashOf(connection);
        Scope = ProcessScopes.Of(connection);
        Seed = StableHash.Of(Address(connection));
        Id = IdOf(server.ServerId, connection);
        IsForcedOpen = order is { ForcedOpen: true };
        State = known ?? new EndpointState();
        State.Obey(order?.Resets ?? 0, isNew: known is null);
    }

    public ServerRoute Server { get; }

    /// <summary>How it is reached: the server's way, at this address alone.</summary>
    public ServerConnection Connection { get; }

    /// <summary>Changes with anything that decides how it is reached.</summary>
    public string ConnectionHash { get; }

    /// <summary>Who shares a connection to it.</summary>
    public ProcessScope Scope { get; }

    /// <summary>Whether it is a process that the gateway starts.</summary>
    public bool IsProcess => Connection.Transport == "stdio";

    /// <summary>Its share, against those of the other endpoints.</summary>
    public int Weight { get; }

    /// <summary>Among the endpoints of its server.</summary>
    public int Index { get; }

    /// <summary>Of its breaker: the same in every process for the same server and address.</summary>
    public string Id { get; }

    /// <summary>What this gateway has learnt of it.</summary>
    public EndpointState State { get; }

    /// <summary>Somebody keeps calls away from it.</summary>
    public bool IsForcedOpen { get; }

    /// <summary>Where consistent hashing puts it.</summary>
    internal ulong Seed { get; }

    internal static string IdOf(Guid serverId, ServerConnection connection) => ServerEndpoint.IdOf(serverId, Address(connection));

    internal static string Address(ServerConnection connection) => connection.Url ?? connection.Launcher ?? "";
}
