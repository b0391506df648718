using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Limits;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>One tool, with everything that can be prepared before the first call of it.</summary>
public sealed class ToolRoute : IListed
{
    private readonly ToolDefinition _source;
    private readonly byte[]? _sentHash;
    private SetTool? _aggregatedInSets;
    private SetTool? _ownInSets;

    /// <param name="before">The same tool in the last state: what was prepared of the same definition is not prepared again.</param>
    internal ToolRoute(ServerRoute server, ToolDefinition definition, RateGate? rate, ServerCache? cache, ToolRoute? before)
    {
        (Server, Rate) = (server, rate);
        Name = definition.Name;
        (OnlyIn, Hash) = (EraNames.Find(definition.Era), definition.Hash);
        Needs = ClientAbility.Parse(definition.Needs);
        var sent = JsonMarshal.GetRawUtf8Value(definition.Definition).ToArray();
        var isKnown = before is not null && Hash.Length > 0 && before.Hash == Hash;
        Repaired = isKnown ? before!.Repaired : ToolRepair.Of(sent);
        IsNewlyRepaired = !isKnown && Repaired is not null;
        Definition = Repaired?.Definition ?? sent;
        (_source, _sentHash) = (SourceOf(definition), Repaired is null ? null : SHA256.HashData(sent));
        Vector = SearchVector.Of(definition.Vector);
        IsRepeatable = Hints(definition.Definition, "readOnlyHint") || Hints(definition.Definition, "idempotentHint");
        Caching = ToolCaching.Of(cache, Name, Hints(definition.Definition, "readOnlyHint"));
        Headers = ParamHeaders.Read(Definition) is { IsValid: true, IsEmpty: false } headers ? headers : null;
        OwnName = [MemberEdit.Set("name", JsonMembers.Quote(Name))];
        Rename(AggregatedName.Of(server.Slug, Name));
    }

    public ServerRoute Server { get; }

    OfferKind? IListed.Offer => null;

    /// <summary>Of its calls; null = no limit of its own.</summary>
    public RateGate? Rate { get; }

    /// <summary>The server's own name of it.</summary>
    public string Name { get; }

    public string Position => Aggregated;

    public ProtocolEra? OnlyIn { get; }

    /// <summary>What a client must be able to be asked for to have it.</summary>
    public ClientAbilities Needs { get; }

    public string Hash { get; }

    /// <summary>Turns the parameters of a call by <see cref="Aggregated"/> into those that the server knows.</summary>
    public IReadOnlyList<MemberEdit> OwnName { get; }

    /// <summary>Its name on the endpoint that shows all servers; unique within the tenant.</summary>
    public string Aggregated { get; private set; } = "";

    /// <summary>
    /// Whether calling it twice does no harm, by the server's own word (<c>annotations.readOnlyHint</c> or <c>idempotentHint</c>). Absent means no: a tool whose
    /// server says nothing is never called again once it may have run.
    /// </summary>
    public bool IsRepeatable { get; }

    /// <summary>Its results may be kept; null = they may not.</summary>
    public ToolCaching? Caching { get; }

    /// <summary>The arguments that modern clients mirror as headers; null = none.</summary>
    public ParamHeaders? Headers { get; }

    /// <summary>What had to be repaired; null = nothing.</summary>
    public RepairedTool? Repaired { get; }

    /// <summary>Whether that is news of this state.</summary>
    internal bool IsNewlyRepaired { get; set; }

    /// <summary>The definition as its server gave it, byte for byte, unless clients would break on it.</summary>
    public ReadOnlyMemory<byte> Definition { get; }

    /// <summary>What it is about, by the server's own definition; null = not known. All sets that hold the tool have this one.</summary>
    public SearchVector? Vector { get; }

    /// <summary>The same as <see cref="Definition"/> with <see cref="Aggregated"/> for a name and every other byte kept.</summary>
    public ReadOnlyMemory<byte> AggregatedDefinition { get; private set; }

    /// <summary>Whether a snapshot says of it what it was made of.</summary>
    internal bool IsOf(ToolDefinition definition)
    {
        var sent = JsonMarshal.GetRawUtf8Value(definition.Definition);
        return _source == SourceOf(definition) && (definition.Vector ?? default).Span.SequenceEqual((Vector?.Numbers ?? default).Span)
            && (_sentHash is null ? sent.SequenceEqual(Definition.Span) : SHA256.HashData(sent).AsSpan().SequenceEqual(_sentHash));
    }

    /// <summary>The tool as a set shows it: one object for all sets that say nothing of it. While the state is being compiled only.</summary>
    internal SetTool InSet(string name, SetOverride? change, bool isPinned, SetMemory memory) =>
        change is not null || isPinned ? new SetTool(this, name, change, isPinned, memory)
        : name == Aggregated ? _aggregatedInSets ??= new SetTool(this, name, null, false, memory)
        : name == Name ? _ownInSets ??= new SetTool(this, name, null, false, memory)
        : new SetTool(this, name, null, false, memory);

    private static ToolDefinition SourceOf(ToolDefinition definition) => definition with { Definition = default, Repairs = null, Vector = null };

    private static bool Hints(JsonElement definition, string hint) =>
        definition.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
        && annotations.TryGetProperty(hint, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>While the state is being compiled only.</summary>
    internal void Rename(string aggregated)
    {
        (Aggregated, _aggregatedInSets) = (aggregated, null);
        AggregatedDefinition = JsonSplice.Apply(Definition.Span, MemberEdit.Set("name", JsonMembers.Quote(aggregated))).ToArray();
    }
}
