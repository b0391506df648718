using System.Runtime.InteropServices;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>What servers offer besides tools.</summary>
public enum OfferKind
{
    Prompt,
    Resource,
    ResourceTemplate,
}

/// <summary>One prompt, resource or resource template of a server, ready to be listed. Immutable once the state is compiled.</summary>
public sealed class OfferedRoute : IListed
{
    private readonly OfferedItem _source;
    private SetOffer? _inSets;

    internal OfferedRoute(ServerRoute server, OfferKind kind, OfferedItem item)
    {
        _source = item with { Definition = default };
        (Server, Kind, Name) = (server, kind, item.Key);
        Definition = JsonMarshal.GetRawUtf8Value(item.Definition).ToArray();
        OnlyIn = EraNames.Find(item.Era);
        Hash = item.Hash ?? CanonicalJson.Hash(item.Definition);
        (Aggregated, AggregatedDefinition) = (Name, Definition);
        if (kind == OfferKind.Prompt)
        {
            Rename(AggregatedName.Of(server.Slug, Name));
        }
    }

    public ServerRoute Server { get; }

    public OfferKind Kind { get; }

    OfferKind? IListed.Offer => Kind;

    /// <summary>The server's own name of a prompt, URI of a resource, or URI template.</summary>
    public string Name { get; }

    /// <summary>On the endpoint that shows all servers: a name unique within the tenant for a prompt; URIs stay what they are.</summary>
    public string Aggregated { get; private set; }

    public string Position => field ??= Kind == OfferKind.Prompt ? Aggregated : $"{Name}\n{Server.Slug}";

    public ProtocolEra? OnlyIn { get; }

    public ClientAbilities Needs => ClientAbilities.None;

    public string Hash { get; }

    public ReadOnlyMemory<byte> Definition { get; }

    public ReadOnlyMemory<byte> AggregatedDefinition { get; private set; }

    /// <summary>Whether a snapshot says of it what it was made of.</summary>
    internal bool IsOf(OfferedItem item) => _source == item with { Definition = default } && JsonMarshal.GetRawUtf8Value(item.Definition).SequenceEqual(Definition.Span);

    /// <summary>It as a set shows it: one object for all sets that say nothing of it. While the state is being compiled only.</summary>
    /// <param name="name">Of a prompt; null of what else there is.</param>
    internal SetOffer InSet(string? name, SetOverride? change, SetMemory memory) =>
        change is not null || (name is not null && name != Aggregated) ? new SetOffer(this, name, change, memory) : _inSets ??= new SetOffer(this, name, null, memory);

    /// <summary>While the state is being compiled only.</summary>
    internal void Rename(string aggregated)
    {
        (Aggregated, _inSets) = (aggregated, null);
        AggregatedDefinition = JsonSplice.Apply(Definition.Span, MemberEdit.Set("name", JsonMembers.Quote(aggregated))).ToArray();
    }
}

/// <summary>Something that lists show.</summary>
public interface IListed
{
    ServerRoute Server { get; }

    /// <summary>Null = a tool.</summary>
    OfferKind? Offer { get; }

    /// <summary>As its server calls it.</summary>
    string Name { get; }

    /// <summary>As the endpoint that shows several servers calls it.</summary>
    string Aggregated { get; }

    /// <summary>Its place in the list of all servers' items; unique there.</summary>
    string Position { get; }

    /// <summary>The only era in which its server has it; null = in each that the server speaks.</summary>
    ProtocolEra? OnlyIn { get; }

    /// <summary>What a client must be able to be asked for, else its server does not have it.</summary>
    ClientAbilities Needs { get; }

    /// <summary>Of the definition in RFC 8785 form: the same however its text is written.</summary>
    string Hash { get; }

    ReadOnlyMemory<byte> Definition { get; }

    ReadOnlyMemory<byte> AggregatedDefinition { get; }
}

/// <summary>Eras as contracts name them.</summary>
internal static class EraNames
{
    public static ProtocolEra? Find(string? name) => name switch
    {
        Eras.Legacy => ProtocolEra.Legacy,
        Eras.Modern => ProtocolEra.Modern,
        _ => null,
    };
}
