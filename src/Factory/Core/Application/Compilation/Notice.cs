namespace McpPlatform.Factory.Application.Compilation;

/// <summary>Something an API owner should know that stops nothing.</summary>
/// <param name="Code">Stable, dotted: <c>schema.dangling_ref</c>.</param>
/// <param name="Where">The operation or the JSON pointer that it is about; empty for the whole document.</param>
public sealed record Notice(string Code, string Where, string Message);

/// <summary>An operation that became no tool, and why. Every operation of a document is either a tool or one of these.</summary>
public sealed record SkippedOperation(string Method, string Path, string? OperationId, string Reason);
