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
    /// <summary>Reads the lists of every capability that the server declares. Throws <see cref="UpstreamException"/> and <see cref="JsonException"/>.</summary>
    public static async Task<CatalogLook> At(IUpstreamConnection connection, UpstreamHandshake handshake, CancellationToken cancellationToken)
    {
        var limits = new CatalogListLimits();
        var (tools, prompts, resources) = (Declares(handshake, "tools"u8), Declares(handshake, "prompts"u8), Declares(handshake, "resources"u8));
        return new CatalogLook(
            tools,
            tools ? [.. (await CatalogLister.ReadAll(connection, CatalogKind.Tools, limits, cancellationToken)).Select(Tool)] : [],
            prompts ? await Items(CatalogKind.Prompts) : [],
            resources ? await Items(CatalogKind.Resources) : [],
            resources ? await Templates() : []);

        async Task<IReadOnlyList<OfferedItem>> Items(CatalogKind kind) =>
            [.. (await CatalogLister.ReadAll(connection, kind, limits, cancellationToken)).Select(item => new OfferedItem(item.Key, JsonElement.Parse(item.Definition.Span)))];

        async Task<IReadOnlyList<OfferedItem>> Templates()
        {
            try
            {
                return await Items(CatalogKind.ResourceTemplates);
            }
            catch (UpstreamException failure) when (failure.Kind == UpstreamFailure.Protocol)
            {
                // Servers with resources and without templates often do not know the method.
                return [];
            }
        }
    }

    /// <summary>The offer of a server that was seen in one era alone.</summary>
    public ServerOffer Offer(UpstreamHandshake handshake)
    {
        var face = FaceOf(handshake);
        return handshake.Version.IsModern
            ? new ServerOffer(null, face, Prompts, Resources, ResourceTemplates)
            : new ServerOffer(face, null, Prompts, Resources, ResourceTemplates);
    }

    public static ServerFace FaceOf(UpstreamHandshake handshake) => new(
        handshake.Version.Text, JsonMembers.IsObject(handshake.Capabilities.Span) ? JsonElement.Parse(handshake.Capabilities.Span) : null, handshake.Instructions);

    private static bool Declares(UpstreamHandshake handshake, ReadOnlySpan<byte> capability) => !JsonMembers.Find(handshake.Capabilities, capability).IsEmpty;

    private static ToolDefinition Tool(RawItem tool)
    {
        var definition = JsonElement.Parse(tool.Definition.Span);
        return new ToolDefinition(tool.Key, CanonicalJson.Hash(definition), definition);
    }
}
