using McpPlatform.Kernel;

namespace McpPlatform.Tracing.Domain;

/// <summary>What became of a dead letter.</summary>
public enum ParkedState
{
    /// <summary>Waits for somebody to look.</summary>
    Parked,

    /// <summary>Went to its queue again. If it fails there once more, it comes back here as parked.</summary>
    Requeued,

    /// <summary>Somebody decided that it is not needed. It is not sent again.</summary>
    Discarded,
}

/// <summary>A message that no consumer could handle. Belongs to the platform, not to a tenant: who looks at it sees every tenant's.</summary>
public sealed class ParkedMessage : IAudited
{
    public const int MaxNameLength = 256;
    public const int MaxTypeLength = 512;
    public const int MaxReasonLength = 2000;

    private ParkedMessage()
    {
        // EF
    }

    /// <summary>The same for the same message on the same queue.</summary>
    public Guid Id { get; private set; }

    public string Queue { get; private set; } = "";

    /// <summary>Full name of the contract; empty when the message says nothing readable.</summary>
    public string MessageType { get; private set; } = "";

    public Guid? MessageId { get; private set; }

    /// <summary>The tenant that the message names.</summary>
    public Guid? MessageTenant { get; private set; }

    /// <summary><c>faulted</c>, <c>undecodable</c>, <c>unknown_type</c>, <c>too_large</c>, <c>delivery_limit</c>, or the broker's own word.</summary>
    public string Kind { get; private set; } = "";

    public string Reason { get; private set; } = "";

    public IReadOnlyDictionary<string, string> Properties { get; private set; } = new Dictionary<string, string>();

    public byte[] Body { get; private set; } = [];

    public int BodyBytes { get; private set; }

    public ParkedState State { get; private set; }

    /// <summary>How often it ended.</summary>
    public int Times { get; private set; }

    public DateTimeOffset FirstDiedAt { get; private set; }

    public DateTimeOffset DiedAt { get; private set; }

    /// <summary>When it was sent again or discarded; null before.</summary>
    public DateTimeOffset? SettledAt { get; private set; }

    public string AuditName => $"{Queue} {MessageType}";

    public static ParkedMessage Of(
        Guid id, string queue, string type, Guid? messageId, Guid? tenant, string kind, string reason, DateTimeOffset diedAt, IReadOnlyDictionary<string, string> properties, byte[] body) => new()
    {
        Id = id,
        Queue = CallText.Clean(queue, MaxNameLength),
        MessageType = CallText.Clean(type, MaxTypeLength),
        MessageId = messageId,
        MessageTenant = tenant,
        Kind = CallText.Clean(kind, MaxNameLength),
        Reason = CallText.Clean(reason, MaxReasonLength),
        Properties = properties,
        Body = body,
        BodyBytes = body.Length,
        State = ParkedState.Parked,
        Times = 1,
        FirstDiedAt = diedAt,
        DiedAt = diedAt,
    };

    /// <summary>It ended again. The same end reported twice, by a repetition on the way here, counts once.</summary>
    public void DieAgain(string kind, string reason, DateTimeOffset diedAt)
    {
        if (State != ParkedState.Parked || diedAt > DiedAt)
        {
            Times++;
        }

        (Kind, Reason) = (CallText.Clean(kind, MaxNameLength), CallText.Clean(reason, MaxReasonLength));
        (State, DiedAt, SettledAt) = (ParkedState.Parked, diedAt, null);
    }

    public void Requeue(DateTimeOffset now) => (State, SettledAt) = (ParkedState.Requeued, now);

    public void Discard(DateTimeOffset now) => (State, SettledAt) = (ParkedState.Discarded, now);
}
