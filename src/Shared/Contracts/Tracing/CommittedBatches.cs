namespace McpPlatform.Contracts.Tracing;

/// <summary>Body of <c>POST /internal/v1/tracing/batches/committed</c>: which of these batches (by event id, at most 1000) are stored for good?</summary>
public sealed record BatchQuery(IReadOnlyList<Guid> EventIds);

/// <summary>Those of the asked batches that are committed.</summary>
public sealed record CommittedBatches(IReadOnlyList<Guid> EventIds);
