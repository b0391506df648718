using McpPlatform.Contracts.Registry;

namespace McpPlatform.Registry.Domain;

/// <summary>One definition of a server: a tool, prompt, resource, template, or its instructions.</summary>
/// <param name="Kind">One of <see cref="DefinitionKinds"/>.</param>
/// <param name="Name">Name, URI or URI template; the era for instructions.</param>
/// <param name="Text">The definition as the server sent it: JSON, or for instructions the text.</param>
public sealed record SeenDefinition(string Kind, string Name, string Hash, string Text)
{
    public const string Instructions = DefinitionKinds.Instructions;

    public static IReadOnlyList<SeenDefinition> Of(IEnumerable<ToolDefinition> tools, ServerOffer? offer) =>
        Of(tools.Select(tool => new SeenDefinition(DefinitionKinds.Tool, tool.Name, tool.Hash, tool.Definition.GetRawText())), offer);

    public static IReadOnlyList<SeenDefinition> Of(IEnumerable<CatalogTool> tools, ServerOffer? offer) =>
        Of(tools.Select(tool => new SeenDefinition(DefinitionKinds.Tool, tool.Name, tool.Hash, tool.Definition)), offer);

    /// <summary>Everything that can be pinned, by kind and name. Items whose hash nobody computed cannot, until the next look.</summary>
    private static IReadOnlyList<SeenDefinition> Of(IEnumerable<SeenDefinition> tools, ServerOffer? offer)
    {
        var all = tools.ToList();
        if (offer is not null)
        {
            all.AddRange(Items(DefinitionKinds.Prompt, offer.Prompts));
            all.AddRange(Items(DefinitionKinds.Resource, offer.Resources));
            all.AddRange(Items(DefinitionKinds.ResourceTemplate, offer.ResourceTemplates));
            all.AddRange(Face(Eras.Legacy, offer.Legacy));
            all.AddRange(Face(Eras.Modern, offer.Modern));
        }

        return [.. all.DistinctBy(seen => (seen.Kind, seen.Name)).OrderBy(seen => seen.Kind, StringComparer.Ordinal).ThenBy(seen => seen.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<SeenDefinition> Items(string kind, IReadOnlyList<OfferedItem> items) =>
        items.Where(item => item.Hash is not null).Select(item => new SeenDefinition(kind, item.Key, item.Hash!, item.Definition.GetRawText()));

    private static IEnumerable<SeenDefinition> Face(string era, ServerFace? face) =>
        face?.Instructions is { } text ? [new SeenDefinition(Instructions, era, DefinitionPin.HashOf(text), text)] : [];
}
