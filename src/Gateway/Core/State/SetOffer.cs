using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>One prompt, resource or template as a tool set shows it. Immutable.</summary>
public sealed class SetOffer : IListed
{
    private readonly IReadOnlyList<MemberEdit>? _edits;
    private readonly ReadOnlyMemory<byte> _definition;

    /// <param name="name">Its name in the set; of resources null, where only an override gives another one for people to see.</param>
    internal SetOffer(OfferedRoute item, string? name, SetOverride? change, SetMemory memory)
    {
        (Item, Aggregated) = (item, name ?? item.Name);
        if (change is null && Aggregated == item.Aggregated)
        {
            (Aggregated, _definition) = (item.Aggregated, item.AggregatedDefinition);
        }
        else if (SetDefinition.Edits(item.Definition, name ?? change?.Rename, change) is { Count: > 0 } edits)
        {
            _definition = JsonSplice.Apply(item.Definition.Span, edits).ToArray();
            _edits = memory.TryTake(_definition.Length) ? null : edits;
        }
        else
        {
            _definition = item.Definition;
        }

        Fixed = item.Kind == OfferKind.Prompt ? FixedArguments.Of(change?.Arguments) : null;
        Seen = StableHash.Of(_definition.Span) ^ StableHash.Of(item.Server.Slug);
        _definition = _edits is null ? _definition : default;
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

    /// <summary>As <see cref="SetTool.AggregatedDefinition"/>.</summary>
    public ReadOnlyMemory<byte> AggregatedDefinition => _edits is null ? _definition : JsonSplice.Apply(Item.Definition.Span, _edits);

    /// <summary>What the set sends whenever the prompt is asked for; null = nothing.</summary>
    public FixedArguments? Fixed { get; }

    /// <summary>Of what clients see of it.</summary>
    internal ulong Seen { get; }
}
