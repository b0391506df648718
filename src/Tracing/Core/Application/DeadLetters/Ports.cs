using McpPlatform.Kernel;
using McpPlatform.Tracing.Domain;

namespace McpPlatform.Tracing.Application.DeadLetters;

/// <summary>Where dead letters are kept.</summary>
public interface IParkedMessages
{
    /// <summary>Finds one and keeps everybody else from changing it until the transaction ends.</summary>
    Task<ParkedMessage?> Lock(Guid id, CancellationToken cancellationToken);

    /// <summary>The oldest parked ones of a queue, locked; those that somebody else has locked are left out.</summary>
    Task<IReadOnlyList<ParkedMessage>> LockParked(string queue, int atMost, CancellationToken cancellationToken);

    Task<int> CountParked(string? queue, CancellationToken cancellationToken);

    void Add(ParkedMessage message);

    /// <summary>The latest first, after <paramref name="after"/> when there is one.</summary>
    Task<IReadOnlyList<DeadLetterSummary>> List(string? queue, ParkedState? state, DeadLetterPosition? after, int limit, CancellationToken cancellationToken);

    Task<ParkedMessage?> Find(Guid id, CancellationToken cancellationToken);
}

/// <summary>The queues that messages came from.</summary>
public interface IMessageQueues
{
    /// <summary>Sends the very message to its queue. A refusal (503) means that it is not there.</summary>
    Task<Result> Send(ParkedMessage message, CancellationToken cancellationToken);
}
