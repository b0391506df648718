using System.Security.Cryptography;
using System.Text;

namespace McpPlatform.Messaging.DeadLetters;

/// <summary>A message that no consumer could handle, with everything that is needed to look at it and to send it again.</summary>
/// <param name="Queue">The queue on which it ended.</param>
/// <param name="MessageType">Full name of the contract as the message says it; empty when it says nothing readable.</param>
/// <param name="MessageId">Null when it has none.</param>
/// <param name="TenantId">The tenant that it names; null when it names none or mixes tenants.</param>
/// <param name="Kind">One of <see cref="DeadLetterKind"/>, or the broker's own word.</param>
/// <param name="Reason">For people: exception types and messages, without what looks like a secret.</param>
/// <param name="Properties">What the broker's header said, as text: needed to send it again.</param>
/// <param name="Body">The very bytes.</param>
public sealed record DeadLetter(
    string Queue,
    string MessageType,
    Guid? MessageId,
    Guid? TenantId,
    string Kind,
    string Reason,
    DateTimeOffset DiedAt,
    IReadOnlyDictionary<string, string> Properties,
    byte[] Body)
{
    /// <summary>The same for the same message (by its id, else by its bytes) on the same queue, so that one that ends twice, or is reported twice, is one record.</summary>
    public Guid Id { get; } = IdOf(Queue, MessageId, Body);

    private static Guid IdOf(string queue, Guid? messageId, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{queue}\n{messageId:n}\n"));
        if (messageId is null)
        {
            hash.AppendData(body);
        }

        return new Guid(hash.GetHashAndReset().AsSpan(0, 16));
    }
}

/// <summary>Why a message ended.</summary>
public static class DeadLetterKind
{
    /// <summary>Its consumer refused it each time it was tried.</summary>
    public const string Faulted = "faulted";

    /// <summary>Its bytes are no message.</summary>
    public const string Undecodable = "undecodable";

    /// <summary>It is of a type that nobody on its queue takes.</summary>
    public const string UnknownType = "unknown_type";

    public const string TooLarge = "too_large";

    /// <summary>The broker handed it out as often as it may, and each time the consumer's process or connection died.</summary>
    public const string DeliveryLimit = "delivery_limit";
}

/// <summary>Keeps dead letters where people find them. The module that has the store registers it; there is one per installation.</summary>
public interface IDeadLetterKeeper
{
    /// <summary>Stores the letter for good; once more is the same letter again. Throws when it could not: the message then stays where it is.</summary>
    Task Keep(DeadLetter letter, CancellationToken cancellationToken);
}

/// <summary>Sends a dead letter to its queue again.</summary>
public interface IDeadLetterReturn
{
    /// <summary>
    /// Returns when the broker has taken the very bytes into the queue; on the in-memory bus, when the message is on its way there. Throws
    /// <see cref="EventNotDeliveredException"/> otherwise, for example because there is no such queue any more.
    /// </summary>
    Task Send(string queue, IReadOnlyDictionary<string, string> properties, byte[] body, CancellationToken cancellationToken);
}
