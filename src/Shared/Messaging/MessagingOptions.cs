using System.ComponentModel.DataAnnotations;

namespace McpPlatform.Messaging;

/// <summary>Section <c>Messaging</c>. The broker's address is the connection string <c>rabbitmq</c> (<c>amqp://user:password@host:5672/vhost</c>).</summary>
public sealed class MessagingOptions
{
    public const string Section = "Messaging";

    /// <summary>How often a failing message is tried again before it goes to the error queue. Default 5: with the intervals below about 30 s, a database restart.</summary>
    [Range(0, 20)]
    public int RetryLimit { get; init; } = 5;

    /// <summary>First wait between two tries; grows exponentially up to <see cref="RetryMaxInterval"/>. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryMinInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between two tries. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryMaxInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the broker may hand out a message whose consumer died before it parks it in the dead-letter queue. Default 5.</summary>
    [Range(1, 100)]
    public int DeliveryLimit { get; init; } = 5;
}
