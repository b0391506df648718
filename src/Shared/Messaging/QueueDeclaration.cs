using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace McpPlatform.Messaging;

/// <summary>
/// Declares the durable queues of this process's modules without consuming anything: part of the <c>migrate</c> verb, so that nothing is published before there is
/// a place for it.
/// </summary>
public sealed class QueueDeclaration
{
    /// <summary>2 min: a broker that starts together with the platform is up long before.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>1 s between two tries to reach the broker.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly IBusControl _bus;
    private readonly Broker _broker;
    private readonly MessagingOptions _options;

    internal QueueDeclaration(IBusControl bus, Broker broker, MessagingOptions options, IReadOnlyList<string> queues) =>
        (_bus, _broker, _options, Queues) = (bus, broker, options, queues);

    /// <summary>Names of the queues; none when no module of this process takes work.</summary>
    public IReadOnlyList<string> Queues { get; }

    /// <summary>
    /// Returns when the broker has them all. Throws <see cref="InvalidOperationException"/> with what to do when it refuses one, or has not answered after two
    /// minutes.
    /// </summary>
    public async Task Declare(CancellationToken cancellationToken)
    {
        if (Queues.Count == 0)
        {
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        Exception? last = null;
        try
        {
            while (!await TryDeclare(e => last = e, deadline.Token))
            {
                await Task.Delay(Between, deadline.Token);
            }

            // Exchanges and bindings, as the consumers will have them.
            await _bus.DeployAsync(deadline.Token);
        }
        catch (Exception e) when (e is not InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"The queues could not be declared at the broker {_broker.Name} within {Patience.TotalMinutes:0} minutes: {FaultText.Of(last ?? e)}. Check ConnectionStrings__rabbitmq and that the broker runs, then migrate again.", e);
        }
    }

    // By hand first: MassTransit would try a refused queue again until the time is up.
    private async Task<bool> TryDeclare(Action<Exception> failed, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _broker.Connect("migrate", cancellationToken);
            foreach (var queue in Queues)
            {
                await Declare(connection, queue, BrokerQueues.WorkArguments(_options), cancellationToken);
            }

            await Declare(connection, BrokerQueues.DeadLetters, BrokerQueues.DeadLetterArguments(_options), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is not InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            failed(e);
            return false;
        }
    }

    private async Task Declare(IConnection connection, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        try
        {
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            throw new InvalidOperationException(
                $"The broker {_broker.Name} has the queue {queue} with other arguments ({FaultText.Clean(e.ShutdownReason.ReplyText)}). A queue keeps what it was declared with (Messaging__DeliveryLimit, Messaging__MaxQueueBytes): set the former values, or delete the empty queue first.", e);
        }
    }
}
