using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Messaging;

/// <summary>Section <c>Messaging</c>. The broker's address is the connection string <c>rabbitmq</c> (<c>amqp://user:password@host:5672/vhost</c>).</summary>
public sealed class MessagingOptions
{
    public const string Section = "Messaging";

    /// <summary>
    /// How often a failing message is tried again before it becomes a dead letter. Default 5: with the intervals below about 6 s, longer than a conflict
    /// between two writers lasts. A database or a service that is away does not count; that is waited for without end.
    /// </summary>
    [Range(0, 20)]
    public int RetryLimit { get; init; } = 5;

    /// <summary>First wait between two tries; doubles up to <see cref="RetryMaxInterval"/>. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryMinInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between two tries of a failing message. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryMaxInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often the broker hands out again a message whose consumer's process died, before it is a dead letter. Default 5: a process that is killed by one
    /// message is killed six times. Part of a queue's declaration: the broker refuses another value for a queue that exists.
    /// </summary>
    [Range(1, 100)]
    public int DeliveryLimit { get; init; } = 5;

    /// <summary>
    /// Longest message that a competing consumer takes, in bytes; a longer one is a dead letter. Default 64 MiB: four times a batch of
    /// 500 call records that are all as large as they may be.
    /// </summary>
    [Range(1024, 128 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes that one queue may hold; a full one refuses more, and senders keep what they have. Default 1 GiB: as much as a gateway's spool. Part of a queue's
    /// declaration, like <see cref="DeliveryLimit"/>.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxQueueBytes { get; init; } = 1L << 30;
}
