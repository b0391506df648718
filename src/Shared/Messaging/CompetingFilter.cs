using MassTransit;
using MassTransit.Configuration;
using MassTransit.RetryPolicies;
using MassTransit.RetryPolicies.ExceptionFilters;
using McpPlatform.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Messaging;

/// <summary>
/// The way to every competing consumer, and the one place that tries again. A message that fails is tried <see cref="MessagingOptions.RetryLimit"/> times and
/// then ends as a dead letter. While something that every message needs is away (<see cref="Outage"/>), or the module's schema is not there yet, messages
/// wait, for as long as it takes.
/// </summary>
internal sealed partial class CompetingFilter(ConsumerRegistration consumer, MessagingOptions options, Holding holding, IServiceProvider services) : IFilter<ConsumeContext>
{
    /// <summary>5 s: recovery is noticed soon, and a database that comes back is not met by a storm.</summary>
    private static readonly TimeSpan LongestOutagePause = TimeSpan.FromSeconds(5);

    private static readonly NoRetryPolicy AnyFault = new(new AllExceptionFilter());

    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly SuspectGate _gate = new(services.GetRequiredService<TimeProvider>());
    private readonly IDatabaseMigrator _database = services.GetServices<IDatabaseMigrator>().Single(d => d.Module == consumer.Module);
    private readonly CancellationToken _stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    private readonly ILogger<CompetingFilter> _logger = services.GetRequiredService<ILogger<CompetingFilter>>();

    public void Probe(ProbeContext context) => context.CreateFilterScope("competing");

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (context.ReceiveContext.Body.Length is { } length && length > options.MaxMessageBytes)
        {
            throw new MessageTooLargeException($"{length} bytes are more than Messaging__MaxMessageBytes, {options.MaxMessageBytes}.");
        }

        using var limit = new CancellationTokenSource(holding.Longest, _clock);
        using var giveBack = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _stopping, limit.Token);
        try
        {
            using var turn = await _gate.Enter(context.MessageId ?? Guid.Empty, RabbitMqDelivery.Redeliveries(context.ReceiveContext), giveBack.Token);
            await _database.Ready.WaitAsync(giveBack.Token);
            await Try(context, next, giveBack.Token);
        }
        catch (OperationCanceledException e) when (giveBack.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw new GivenBackException($"Message {context.MessageId} on {consumer.Queue} could not be handled in time or before the process stops.", e);
        }
    }

    private async Task Try(ConsumeContext context, IPipe<ConsumeContext> next, CancellationToken giveBack)
    {
        var (failures, outages) = (0, 0);
        while (true)
        {
            // Holds back what MassTransit says about a fault until it is final.
            var attempt = new RetryConsumeContext(context, AnyFault, null);
            TimeSpan pause;
            try
            {
                await next.Send(attempt);
                return;
            }
            catch (Exception e) when (!context.CancellationToken.IsCancellationRequested && Outage.Is(e))
            {
                pause = Pause(outages, options.RetryMinInterval, LongestOutagePause);
                if (outages++ == 0)
                {
                    Waiting(_logger, context.MessageId, consumer.Queue, FaultText.Of(e));
                }
            }
            catch (Exception e) when (!context.CancellationToken.IsCancellationRequested && failures < options.RetryLimit)
            {
                pause = Pause(failures++, options.RetryMinInterval, options.RetryMaxInterval);
                var reason = FaultText.Of(e);
                Repeated(_logger, context.MessageId, consumer.Queue, failures, options.RetryLimit, reason);
            }
            catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
            {
                await attempt.NotifyPendingFaults();
                if (e is OperationCanceledException)
                {
                    // MassTransit would take it for its own cancellation, and the broker would hand the message out again.
                    throw new InvalidOperationException("The consumer cancelled itself.", e);
                }

                throw;
            }

            await Task.Delay(pause, _clock, giveBack);
        }
    }

    private static TimeSpan Pause(int tries, TimeSpan first, TimeSpan longest) =>
        TimeSpan.FromTicks(Math.Min(longest.Ticks, first.Ticks << Math.Min(tries, 20)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} on {Queue} waits for something that is away: {Reason}")]
    private static partial void Waiting(ILogger logger, Guid? messageId, string queue, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {MessageId} on {Queue} failed; try {Failure} of {Limit} follows: {Reason}")]
    private static partial void Repeated(ILogger logger, Guid? messageId, string queue, int failure, int limit, string reason);
}

/// <summary>How long a process may hold a message that it cannot handle yet, before it gives it back.</summary>
internal sealed record Holding(TimeSpan Longest)
{
    /// <summary>15 min: half of what RabbitMQ waits for an acknowledgement before it closes the consumer and counts a delivery.</summary>
    public static Holding OnBroker { get; } = new(TimeSpan.FromMinutes(15));

    /// <summary>20 s: less than a sender waits, so that it does not send a second copy beside the first.</summary>
    public static Holding InMemory { get; } = new(TimeSpan.FromSeconds(20));
}

/// <summary>The message goes back as if it were new: it was not its fault.</summary>
internal sealed class GivenBackException(string message, Exception inner) : Exception(message, inner);

/// <summary>The message is larger than a consumer takes; it is not tried again.</summary>
internal sealed class MessageTooLargeException(string message) : Exception(message);
