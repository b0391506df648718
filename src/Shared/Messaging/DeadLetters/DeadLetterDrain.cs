using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>
/// Moves what is in the dead-letter queue to the keeper, so that looking at it takes nothing away. A letter leaves the queue when it is stored; while the store
/// or the broker is away it waits there. Runs in the process that has a keeper; replicas share the work.
/// </summary>
internal sealed partial class DeadLetterDrain(
    Broker broker,
    IEnumerable<IDeadLetterKeeper> keepers,
    IOptions<MessagingOptions> options,
    TimeProvider clock,
    ILogger<DeadLetterDrain> logger) : BackgroundService
{
    /// <summary>16 letters in memory: they may be large, and nobody is in a hurry.</summary>
    private const ushort Prefetch = 16;

    /// <summary>2 s between two tries of anything that is away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keepers.SingleOrDefault() is not { } keeper)
        {
            return;
        }

        try
        {
            while (true)
            {
                await TryDrain(keeper, stoppingToken);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; unanswered letters are handed out again.
        }
    }

    private async Task TryDrain(IDeadLetterKeeper keeper, CancellationToken cancellationToken)
    {
        try
        {
            await Drain(keeper, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_away)
            {
                _away = true;
                NotDrained(logger, broker.Name, e);
            }
        }
    }

    private async Task Drain(IDeadLetterKeeper keeper, CancellationToken cancellationToken)
    {
        await using var connection = await broker.Connect("dead letters", cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(BrokerQueues.DeadLetters, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(
            BrokerQueues.DeadLetters, durable: true, exclusive: false, autoDelete: false, BrokerQueues.DeadLetterArguments(options.Value), cancellationToken: cancellationToken);
        await channel.QueueBindAsync(BrokerQueues.DeadLetters, BrokerQueues.DeadLetters, "", cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) => End(ended, reason.ReplyText);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.UnregisteredAsync += (_, _) => End(ended, "the broker cancelled the consumer");
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            try
            {
                await Keep(keeper, DeadLetterReading.Read(delivery, clock.GetUtcNow()), cancellationToken);
                await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, cancellationToken);
            }
            catch (Exception e)
            {
                ended.TrySetException(e);
            }
        };
        await channel.BasicConsumeAsync(BrokerQueues.DeadLetters, autoAck: false, consumer, cancellationToken);
        _away = false;
        await ended.Task.WaitAsync(cancellationToken);
    }

    private async Task Keep(IDeadLetterKeeper keeper, DeadLetter letter, CancellationToken cancellationToken)
    {
        for (var reported = false; ; reported = true)
        {
            try
            {
                await keeper.Keep(letter, cancellationToken);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (!reported)
                {
                    NotKept(logger, letter.Id, letter.Queue, e);
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    private static Task End(TaskCompletionSource ended, string why)
    {
        ended.TrySetException(new EventNotDeliveredException($"The connection for dead letters ended: {why}."));
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letters stay at the broker {Broker} for now; trying again every two seconds.")]
    private static partial void NotDrained(ILogger logger, string broker, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letter {Id} of {Queue} could not be stored yet; trying again every two seconds.")]
    private static partial void NotKept(ILogger logger, Guid id, string queue, Exception exception);
}
