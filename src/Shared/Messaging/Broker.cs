using RabbitMQ.Client;

namespace McpPlatform.Messaging;

/// <summary>Connections to RabbitMQ beside MassTransit's, for what MassTransit has no word for.</summary>
internal sealed class Broker(Uri address)
{
    /// <summary>20 s: a connection that is dead at one end only is noticed within that, and a busy process does not miss two in a row.</summary>
    public static TimeSpan Heartbeat { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Host and port, without user and password.</summary>
    public string Name => $"{address.Host}:{(address.Port > 0 ? address.Port : 5672)}";

    /// <summary>A connection that does not repair itself: whoever holds it starts anew, with all that belongs to it.</summary>
    public Task<IConnection> Connect(string purpose, CancellationToken cancellationToken) => new ConnectionFactory
    {
        Uri = address,
        AutomaticRecoveryEnabled = false,
        RequestedHeartbeat = Heartbeat,
        ClientProvidedName = purpose,
    }.CreateConnectionAsync(cancellationToken);
}
