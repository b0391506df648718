using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Infrastructure;

/// <summary>A line of the log for each definition, so that what watches the log needs no broker; of one look at most ten.</summary>
internal sealed partial class DefinitionAlarm(ILogger<DefinitionAlarm> logger) : IDefinitionAlarm
{
    private const int Most = 10;

    public void Flagged(RegisteredServer server, IReadOnlyList<FlaggedDefinition> definitions)
    {
        foreach (var definition in definitions.Take(Most))
        {
            FoundFlagged(logger, server.Slug, server.TenantId, definition.Kind, definition.Name, string.Join(", ", definition.Codes), definition.IsWithheld);
        }

        if (definitions.Count > Most)
        {
            FoundMore(logger, server.Slug, server.TenantId, definitions.Count - Most);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} of tenant {TenantId} shows a suspicious {Kind} '{Name}' ({Codes}); withheld: {IsWithheld}.")]
    private static partial void FoundFlagged(ILogger logger, string server, Guid tenantId, string kind, string name, string codes, bool isWithheld);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} of tenant {TenantId} shows {Count} more suspicious definitions; see its changes.")]
    private static partial void FoundMore(ILogger logger, string server, Guid tenantId, int count);
}
