using System.Text.Json;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Factory.Domain;
using McpPlatform.Packs;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>A pack version as the management API shows it.</summary>
/// <param name="Existed">True when the same content was there already.</param>
public sealed record PackView(
    Guid Id,
    string Namespace,
    string Name,
    string Version,
    string Title,
    string LockHash,
    int ToolCount,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Secrets,
    PackReport Report,
    DateTimeOffset CreatedAt,
    bool Existed = false);

/// <summary>What the compiler had to say. Lists are cut at 200 entries; the counts are not.</summary>
public sealed record PackReport(int WarningCount, IReadOnlyList<Notice> Warnings, int SkippedCount, IReadOnlyList<SkippedOperation> Skipped);

internal static class PackViews
{
    private const int MaxEntries = 200;
    private static readonly JsonSerializerOptions Stored = new(JsonSerializerDefaults.Web);

    public static PackView Of(PackVersion pack, bool existed = false) => new(
        pack.Id,
        pack.Namespace,
        pack.Name,
        pack.Version,
        pack.Title,
        pack.LockHash,
        pack.ToolCount,
        pack.Hosts,
        pack.SecretNames,
        JsonSerializer.Deserialize<PackReport>(pack.Report, Stored) ?? new PackReport(0, [], 0, []),
        pack.CreatedAt,
        existed);

    public static string Report(CompiledSource compiled) => JsonSerializer.Serialize(
        new PackReport(compiled.Notices.Count, [.. compiled.Notices.Take(MaxEntries)], compiled.Skipped.Count, [.. compiled.Skipped.Take(MaxEntries)]),
        Stored);

    public static ToolView Tool(PackTool tool)
    {
        var bytes = tool.Name.Length + tool.Title.Length + tool.Description.Length + tool.InputSchema.GetRawText().Length + (tool.OutputSchema?.GetRawText().Length ?? 0);
        return new ToolView(tool.Name, tool.Title, tool.Description, tool.Operation.Method, tool.Operation.Path, tool.Annotations.ReadOnlyHint, bytes / 4);
    }
}
