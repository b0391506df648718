namespace McpPlatform.Contracts.Gateway;

/// <summary>
/// A batch of call records from one gateway's spool. <see cref="EventId"/> is derived from <see cref="BatchId"/>, so that a batch sent twice is the
/// same event. The gateway deletes a segment only after tracing says that it has committed all of its batches.
/// </summary>
/// <param name="TenantId">Always the empty id: a batch mixes tenants, each record names its own.</param>
/// <param name="BatchId">Gateway id, segment and offset within it: <c>{gateway}/{segment}/{offset}</c>.</param>
public sealed record CallRecordsCaptured(
    Guid EventId,
    DateTimeOffset OccurredAt,
    Guid TenantId,
    string GatewayId,
    string BatchId,
    IReadOnlyList<CallRecord> Records) : IWorkEvent;
