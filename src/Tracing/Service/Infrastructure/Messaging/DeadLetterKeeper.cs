using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Messaging.DeadLetters;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Application.DeadLetters;

namespace McpPlatform.Tracing.Infrastructure.Messaging;

/// <summary>Stores what ends on any queue of the platform, and says so where operators look.</summary>
internal sealed partial class DeadLetterKeeper(IServiceScopeFactory scopes, IEnumerable<IDatabaseMigrator> databases, ILogger<DeadLetterKeeper> logger) : IDeadLetterKeeper
{
    public async Task Keep(DeadLetter letter, CancellationToken cancellationToken)
    {
        await databases.Single(d => d.Module == TracingModule.Name).Ready.WaitAsync(cancellationToken);
        await using var scope = scopes.CreateSystemScope("dead-letters");
        var result = await scope.ServiceProvider.GetRequiredService<ISender>().Send(
            new KeepDeadLetter(
                letter.Id, letter.Queue, letter.MessageType, letter.MessageId, letter.TenantId, letter.Kind, letter.Reason, letter.DiedAt, letter.Properties, letter.Body),
            cancellationToken);
        if (result.Error is { } error)
        {
            // Another replica stored the same letter at the same time: the next try finds it.
            throw new InvalidOperationException($"Dead letter {letter.Id} was not stored: {error.Code}.");
        }

        TracingMetrics.DeadLetterKept(letter.Queue, letter.Kind);
        Kept(logger, letter.Id, letter.Queue, letter.MessageType, letter.MessageId, letter.Kind, letter.Reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dead letter {Id}: a {Type} ({MessageId}) ended on {Queue} ({Kind}): {Reason} Look at /api/v1/admin/dead-letters.")]
    private static partial void Kept(ILogger logger, Guid id, string queue, string type, Guid? messageId, string kind, string reason);
}

/// <summary>Sends kept letters through the bus.</summary>
internal sealed class MessageQueues(IDeadLetterReturn bus) : IMessageQueues
{
    public async Task<Result> Send(Domain.ParkedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await bus.Send(message.Queue, message.Properties, message.Body, cancellationToken);
            return Result.Success;
        }
        catch (McpPlatform.Messaging.EventNotDeliveredException e)
        {
            return Error.Unavailable("dead_letters.not_sent", $"The message stays parked. {e.Message}");
        }
    }
}
