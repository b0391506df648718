using System.Reflection;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;

namespace McpPlatform.Messaging;

/// <summary>
/// How long the transport waits between two tries to reach a broker that is away. The library's own waits grow to 30 s and are no setting: after a long outage,
/// records and events would wait that much longer than the broker was away.
/// </summary>
internal static class Reconnecting
{
    /// <summary>2 s: a broker that comes back sees a handful of connections then, and nothing of ours waits noticeably.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Two days of tries; the library keeps one number for each. Then it begins anew.</summary>
    private const int Tries = 100_000;

    /// <summary>Sets the waits. Throws when the library has changed inside: better at the first start of a new version than by surprise in an outage.</summary>
    public static void RetryOften(this IRabbitMqBusFactoryConfigurator bus)
    {
        var host = Field(bus.GetType(), "_hostConfiguration").GetValue(bus) as RabbitMqHostConfiguration
            ?? throw new InvalidOperationException("MassTransit's RabbitMQ host configuration is not what it was in 8.4.0. Look how its transport retry is set now.");
        var policy = Retry.CreatePolicy(static retry =>
        {
            // A wrong password does not become right by itself, but an operator may set it right.
            retry.Interval(Tries, Pause);
        });
        Field(typeof(RabbitMqHostConfiguration), $"<{nameof(RabbitMqHostConfiguration.ReceiveTransportRetryPolicy)}>k__BackingField").SetValue(host, policy);
    }

    private static FieldInfo Field(Type type, string name) =>
        type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException($"MassTransit's {type.Name} has no {name} any more. Look how its transport retry is set now.");
}
