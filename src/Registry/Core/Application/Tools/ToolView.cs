using System.Text.Json;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Tools;

/// <summary>A tool in a list.</summary>
/// <param name="Server">Slug of its server.</param>
/// <param name="Name">The server's own name of it; at the aggregated endpoint it is <c>{server}__{name}</c>.</param>
public sealed record ToolView(Guid ServerId, string Server, string Name, string Description, string Hash, bool Enabled, ServerHealth Health)
{
    internal static ToolView Of(FoundTool tool) => new(tool.ServerId, tool.Server, tool.Name, tool.Description, tool.Hash, tool.Enabled, tool.Health);
}

/// <summary>A tool with its definition, member for member as its server sent it.</summary>
/// <param name="Repairs">What clients get otherwise than it is written here, since clients break on it.</param>
public sealed record ToolDetails(Guid ServerId, string Server, string Name, string Hash, bool Enabled, ServerHealth Health, JsonElement Definition, IReadOnlyList<string> Repairs);
