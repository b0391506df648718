using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>What a server lists on one connection, in the era of that connection.</summary>
internal sealed record CatalogLook(
    bool DeclaresTools, IReadOnlyList<ToolDefinition> Tools, IReadOnlyList<OfferedItem> Prompts, IReadOnlyList<OfferedItem> Resources, IReadOnlyList<OfferedItem> ResourceTemplates)
{
    /// <summary>
    /// What cannot be offered, and why: without a name or with one that is there twice, and tools that could not be called as the protocol demands, since they are a modern server's over
    /// HTTP and their <c>x-mcp-header</c> breaks the rules (2026-07-28).
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Reads the lists of every capability that the server declares. Throws <see cref="UpstreamException"/> and <see cref="JsonException"/>.</summary>
    /// <param name="mirrors">Whether arguments are mirrored as headers on this transport.</param>
    public static async Task<CatalogLook> At(IUpstreamConnection connection, UpstreamHandshake handshake, bool mirrors, CancellationToken cancellationToken)
    {
        var limits = new CatalogListLimits();
        var (tools, prompts, resources) = (Declares(handshake, "tools"u8), Declares(handshake, "prompts"u8), Declares(handshake, "resources"u8));
        var leftOut = new List<string>();
        var found = tools ? await CatalogLister.ReadAll(connection, CatalogKind.Tools, limits, cancellationToken, leftOut) : [];
        var usable = found.ToLookup(tool => !mirrors || !handshake.Version.IsModern || ParamHeaders.Read(tool.Definition).IsValid);
        return new CatalogLook(
            tools,
            [.. usable[true].Select(Tool)],
            prompts ? await Items(CatalogKind.Prompts) : [],
            resources ? await Items(CatalogKind.Resources) : [],
            resources ? await Items(CatalogKind.ResourceTemplates) : []) { LeftOut = [.. leftOut, .. usable[false].Select(tool => $"'{tool.Key}', whose x-mcp-header breaks the protocol's rules")] };

        async Task<IReadOnlyList<OfferedItem>> Items(CatalogKind kind)
        {
            try
            {
                return [.. (await CatalogLister.ReadAll(connection, kind, limits, cancellationToken, leftOut)).Select(Offered)];
            }
            catch (UpstreamException failure) when (failure.Kind == UpstreamFailure.Protocol)
            {
                // Its tools are worth having all the same; and servers with resources often do not know that there are templates.
                return [];
            }
        }
    }

    /// <summary>The tools alone.</summary>
    public static async Task<IReadOnlyList<ToolDefinition>> ToolsAt(IUpstreamConnection connection, CancellationToken cancellationToken) =>
        [.. (await CatalogLister.ReadAll(connection, CatalogKind.Tools, new CatalogListLimits(), cancellationToken)).Select(Tool)];

    /// <summary>
    /// The lists of a server that speaks both eras, put together: what it has in one of them only is marked so. A name that means something else in each is described as in the
    /// modern one.
    /// </summary>
    public static CatalogLook Join(CatalogLook legacy, CatalogLook modern) => new(
        legacy.DeclaresTools || modern.DeclaresTools,
        Join(legacy.Tools, modern.Tools, tool => tool.Name, (tool, era) => tool with { Era = era }),
        Join(legacy.Prompts, modern.Prompts),
        Join(legacy.Resources, modern.Resources),
        Join(legacy.ResourceTemplates, modern.ResourceTemplates)) { LeftOut = [.. legacy.LeftOut.Union(modern.LeftOut)] };

    private static List<OfferedItem> Join(IReadOnlyList<OfferedItem> legacy, IReadOnlyList<OfferedItem> modern) =>
        Join(legacy, modern, item => item.Key, (item, era) => item with { Era = era });

    private static List<T> Join<T>(IReadOnlyList<T> legacy, IReadOnlyList<T> modern, Func<T, string> key, Func<T, string, T> only)
    {
        var (old, current) = (legacy.Select(key).ToHashSet(StringComparer.Ordinal), modern.Select(key).ToHashSet(StringComparer.Ordinal));
        return [.. modern.Select(item => old.Contains(key(item)) ? item : only(item, Eras.Modern)), .. legacy.Where(item => !current.Contains(key(item))).Select(item => only(item, Eras.Legacy))];
    }

    public static ServerFace FaceOf(UpstreamHandshake handshake) => new(
        handshake.Version.Text, JsonMembers.IsObject(handshake.Capabilities.Span) ? JsonElement.Parse(handshake.Capabilities.Span) : null, handshake.Instructions);

    private static bool Declares(UpstreamHandshake handshake, ReadOnlySpan<byte> capability) => !JsonMembers.Find(handshake.Capabilities, capability).IsEmpty;

    private static OfferedItem Offered(RawItem item)
    {
        var definition = JsonElement.Parse(item.Definition.Span);
        return new OfferedItem(item.Key, definition, Hash: CanonicalJson.Hash(definition));
    }

    private static ToolDefinition Tool(RawItem tool)
    {
        var definition = JsonElement.Parse(tool.Definition.Span);
        return new ToolDefinition(tool.Key, CanonicalJson.Hash(definition), definition) { Repairs = ToolRepair.Of(tool.Definition.Span)?.Repairs };
    }
}
