namespace McpPlatform.Factory.Application.Compilation;

/// <summary>What a description of an API may cost to read. Over a limit the document is refused as a whole.</summary>
/// <param name="MaxBytes">10 MiB: the largest public descriptions have 9.</param>
/// <param name="MaxDepth">Levels of nesting. 256: real documents stay below 60, and every later step recurses.</param>
/// <param name="MaxNodes">Values after YAML aliases are expanded. 1 million: ten bytes per value of a document of the largest size.</param>
/// <param name="MaxOperations">5000: three times the largest API seen.</param>
public sealed record SourceLimits(int MaxBytes = 10 * 1024 * 1024, int MaxDepth = 256, int MaxNodes = 1_000_000, int MaxOperations = 5000);

/// <summary>A document that cannot be compiled. Never leaves <see cref="PackCompiler"/>, which turns it into an error for the caller.</summary>
internal sealed class BadDocumentException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>An operation that cannot become a tool; the others still can.</summary>
internal sealed class BadOperationException(string reason) : Exception(reason);
