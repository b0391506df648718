namespace McpPlatform.Contracts.Registry;

/// <summary>
/// A look at a server found definitions that are new or changed and hold what people do not see, or text that reads like instructions to a model. Said once for each content; what is withheld is not served
/// before somebody accepts it, and everything else is served now.
/// </summary>
/// <param name="Server">Its slug.</param>
/// <param name="Definitions">At most <see cref="Most"/> of them.</param>
/// <param name="Total">How many there are.</param>
public sealed record DefinitionsFlagged(Guid EventId, DateTimeOffset OccurredAt, Guid TenantId, Guid ServerId, string Server, IReadOnlyList<FlaggedDefinition> Definitions, int Total) : IIntegrationEvent
{
    /// <summary>So many tell whoever looks that it is the server and not a tool.</summary>
    public const int Most = 50;
}

/// <param name="Kind">One of <see cref="DefinitionKinds"/>.</param>
/// <param name="Name">With what is not seen written out, as <c>\u{200B}</c>; cut after 64 characters.</param>
/// <param name="Codes"><c>hidden_text</c>, <c>instruction_like</c>, <c>look_alike</c>, each once.</param>
public sealed record FlaggedDefinition(string Kind, string Name, IReadOnlyList<string> Codes, bool IsWithheld);
