using McpPlatform.Contracts.Gateway;
using McpPlatform.Kernel;

namespace McpPlatform.Tracing.Domain;

/// <summary>
/// One call as tracing keeps it. Made of a gateway's record, whatever that contains: texts are made storable and cut, times and counts that cannot be are
/// moved to the nearest that can. Never changed afterwards.
/// </summary>
public sealed class StoredCall : ITenantOwned, IAppendOnly
{
    public const int MaxSubjectLength = 256;
    public const int MaxNameLength = 256;
    public const int MaxMethodLength = 128;
    public const int MaxStatusLength = 32;
    public const int MaxCodeLength = 128;
    public const int MaxVersionLength = 32;
    public const int MaxIdLength = 128;
    public const int MaxCacheLength = 16;

    /// <summary>A little more than the 16 KiB that gateways send.</summary>
    public const int MaxPayloadLength = 17 * 1024;

    /// <summary>Outside of these a time is an error of the sender's clock; PostgreSQL takes the ends of .NET's calendar for infinity.</summary>
    public static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    public static readonly DateTimeOffset Latest = new(9998, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private StoredCall()
    {
        // EF
    }

    public Guid Id { get; private set; }

    /// <summary>The UTC day of <see cref="StartedAt"/>: the partition that holds the call.</summary>
    public DateOnly Day { get; private set; }

    public Guid TenantId { get; private set; }

    /// <summary>UTC, to the microsecond: what the database keeps, so that cursors made of it are exact.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    public long DurationMicroseconds { get; private set; }

    public string Subject { get; private set; } = "";

    public Guid? KeyId { get; private set; }

    public string Method { get; private set; } = "";

    public string Server { get; private set; } = "";

    public string Tool { get; private set; } = "";

    public string Status { get; private set; } = "";

    public string? ErrorCode { get; private set; }

    public string ProtocolVersion { get; private set; } = "";

    public string? RuleId { get; private set; }

    public long PolicyVersion { get; private set; }

    public long RequestBytes { get; private set; }

    public long ResponseBytes { get; private set; }

    /// <summary>Redacted by the gateway; JSON unless it was cut.</summary>
    public string? Arguments { get; private set; }

    public string? Result { get; private set; }

    public string TraceId { get; private set; } = "";

    public string RequestId { get; private set; } = "";

    public string GatewayId { get; private set; } = "";

    /// <summary><c>hit</c>, <c>miss</c> or <c>coalesced</c>; null where nothing is kept of its kind.</summary>
    public string? Cache { get; private set; }

    /// <summary>When tracing stored it; the database's clock. What waits outside the days that have a partition is kept from here on.</summary>
    public DateTimeOffset StoredAt { get; private set; }

    public static StoredCall Of(CallRecord record)
    {
        var startedAt = Storable(record.StartedAt);
        return new StoredCall
        {
            Id = record.Id,
            Day = DateOnly.FromDateTime(startedAt.UtcDateTime),
            TenantId = record.TenantId,
            StartedAt = startedAt,
            DurationMicroseconds = Math.Max(0, record.DurationMicroseconds),
            Subject = CallText.Clean(record.Subject, MaxSubjectLength),
            KeyId = record.KeyId,
            Method = CallText.Clean(record.Method, MaxMethodLength),
            Server = CallText.Clean(record.Server, MaxNameLength),
            Tool = CallText.Clean(record.Tool, MaxNameLength),
            Status = CallText.Clean(record.Status, MaxStatusLength),
            ErrorCode = CallText.CleanOrNull(record.ErrorCode, MaxCodeLength),
            ProtocolVersion = CallText.Clean(record.ProtocolVersion, MaxVersionLength),
            RuleId = CallText.CleanOrNull(record.RuleId, MaxIdLength),
            PolicyVersion = record.PolicyVersion,
            RequestBytes = Math.Max(0, record.RequestBytes),
            ResponseBytes = Math.Max(0, record.ResponseBytes),
            Arguments = CallText.CleanOrNull(record.Arguments, MaxPayloadLength),
            Result = CallText.CleanOrNull(record.Result, MaxPayloadLength),
            TraceId = CallText.Clean(record.TraceId, MaxIdLength),
            RequestId = CallText.Clean(record.RequestId, MaxIdLength),
            GatewayId = CallText.Clean(record.GatewayId, MaxIdLength),
            Cache = CallText.CleanOrNull(record.Cache, MaxCacheLength),
        };
    }

    private static DateTimeOffset Storable(DateTimeOffset time)
    {
        var utc = time < Earliest ? Earliest : time > Latest ? Latest : time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
