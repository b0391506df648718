using System.Text;
using MassTransit;

namespace McpPlatform.Messaging;

/// <summary>
/// What one module consumes. Two kinds: <see cref="Competing{TConsumer}"/> (one queue per module, replicas share the work, each message takes effect
/// once through the inbox) and <see cref="Broadcast{TConsumer}"/> (a temporary queue per process: every replica sees every message).
/// </summary>
public sealed class ModuleBus(string module)
{
    private readonly List<ConsumerRegistration> _consumers = [];

    internal IReadOnlyList<ConsumerRegistration> Consumers => _consumers;

    /// <summary>Work that one replica does. The queue is named <c>{module}-{consumer}</c>; the module's database must have an inbox.</summary>
    /// <param name="atOnce">
    /// How many messages a process holds and works on at the same time. 4: a message that is being tried again does not hold up the ones behind it, and four
    /// transactions leave most of the module's 20 connections to requests. Fetching more than are worked on would only spread the harm when a process dies.
    /// </param>
    public ModuleBus Competing<TConsumer>(int atOnce = 4)
        where TConsumer : class, IConsumer => Add<TConsumer>(competing: true, atOnce);

    /// <summary>News that every process must hear, such as a new snapshot. Temporary by nature: whoever was away polls instead.</summary>
    public ModuleBus Broadcast<TConsumer>()
        where TConsumer : class, IConsumer => Add<TConsumer>(competing: false, atOnce: 4);

    private ModuleBus Add<TConsumer>(bool competing, int atOnce)
        where TConsumer : class, IConsumer
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1);
        var consumer = typeof(TConsumer);
        var messages = consumer.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IConsumer<>))
            .Select(i => i.GetGenericArguments()[0])
            .ToArray();
        _consumers.Add(new ConsumerRegistration(module, consumer, messages, competing, $"{module}-{Kebab(consumer.Name)}") { AtOnce = atOnce });
        return this;
    }

    private static string Kebab(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name.EndsWith("Consumer", StringComparison.Ordinal) ? name[..^"Consumer".Length] : name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}

/// <summary>One consumer as the bus sets it up.</summary>
internal sealed record ConsumerRegistration(string Module, Type Consumer, IReadOnlyList<Type> Messages, bool Competing, string Queue)
{
    /// <summary>Messages held and worked on at the same time.</summary>
    public int AtOnce { get; init; } = 1;
}
