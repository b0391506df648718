using McpPlatform.Contracts.Registry;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>One prompt, resource or template as a tool set shows it. Immutable.</summary>
public sealed class SetOffer : IListed
{
    /// <param name="name">Its name in the set; of resources null, where only an override gives another one for people to see.</param>
    internal SetOffer(OfferedRoute item, string? name, SetOverride? change)
    {
        (Item, Aggregated) = (item, name ?? item.Name);
        AggregatedDefinition = SetDefinition.Edits(item.Definition, name ?? change?.Rename, change) is { Count: > 0 } edits ? JsonSplice.Apply(item.Definition.Span, edits) : item.Definition;
    }

    /// <summary>What it stands for.</summary>
    public OfferedRoute Item { get; }

    public ServerRoute Server => Item.Server;

    public string Name => Item.Name;

    /// <summary>A prompt's name in the set; what else there is keeps its URI.</summary>
    public string Aggregated { get; }

    public string Position => field ??= Item.Kind == OfferKind.Prompt ? Aggregated : $"{Name}\n{Server.Slug}";

    public ProtocolEra? OnlyIn => Item.OnlyIn;

    public ClientAbilities Needs => ClientAbilities.None;

    public string Hash => Item.Hash;

    public OfferKind? Offer => Item.Kind;

    public ReadOnlyMemory<byte> Definition => Item.Definition;

    public ReadOnlyMemory<byte> AggregatedDefinition { get; }
}
