using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>
/// One tool as a tool set shows it. Immutable: all that a list or a call needs is made when the state is compiled. Where the set says nothing else than the server it is one object for all sets,
/// and its definition is the server's own.
/// </summary>
public sealed class SetTool : IListed
{
    private readonly IReadOnlyList<MemberEdit>? _edits;
    private readonly ReadOnlyMemory<byte> _definition;

    internal SetTool(ToolRoute tool, string name, SetOverride? change, bool isPinned, SetMemory memory)
    {
        (Tool, IsPinned) = (tool, isPinned);
        var isAsSent = change is not { Title: not null } and not { Description: not null } and not { Annotations: not null } and not { Arguments.Count: > 0 };
        Words = !isAsSent ? ToolWords.Set : name == tool.Aggregated ? ToolWords.Aggregated : name == tool.Name ? ToolWords.Own : ToolWords.Set;
        Aggregated = Words switch { ToolWords.Aggregated => tool.Aggregated, ToolWords.Own => tool.Name, _ => name };
        _definition = Words switch { ToolWords.Aggregated => tool.AggregatedDefinition, ToolWords.Own => tool.Definition, _ => default };
        if (Words == ToolWords.Set)
        {
            var edits = SetDefinition.Edits(tool.Definition, name, change);
            _definition = JsonSplice.Apply(tool.Definition.Span, edits).ToArray();
            if (!memory.TryTake(_definition.Length))
            {
                _edits = edits;
            }
        }

        Fixed = FixedArguments.Of(change?.Arguments);
        Headers = Fixed is null ? tool.Headers : ParamHeaders.Read(_definition) is { IsValid: true, IsEmpty: false } headers ? headers : null;
        Tokens = TokenEstimate.Of(_definition.Length);
        Seen = StableHash.Of(_definition.Span) ^ StableHash.Of(tool.Server.Slug);
        if (_edits is not null)
        {
            _definition = default;
        }
    }

    /// <summary>What it stands for: policy, limits and records know nothing else.</summary>
    public ToolRoute Tool { get; }

    public ServerRoute Server => Tool.Server;

    public string Name => Tool.Name;

    /// <summary>Its name in the set; unique there.</summary>
    public string Aggregated { get; }

    public string Position => Aggregated;

    public ProtocolEra? OnlyIn => Tool.OnlyIn;

    public ClientAbilities Needs => Tool.Needs;

    public string Hash => Tool.Hash;

    public OfferKind? Offer => null;

    public ReadOnlyMemory<byte> Definition => Tool.Definition;

    /// <summary>
    /// The definition with the set's words in place, and without the arguments that are fixed. Made anew each time where the tenant's sets hold as much of their own as they may
    /// (<see cref="SetMemory"/>).
    /// </summary>
    public ReadOnlyMemory<byte> AggregatedDefinition => _edits is null ? _definition : JsonSplice.Apply(Tool.Definition.Span, _edits);

    /// <summary>Whose words the definition has.</summary>
    public ToolWords Words { get; }

    /// <summary>Listed also where tools are found by searching.</summary>
    public bool IsPinned { get; }

    /// <summary>What the definition costs a model's context, estimated.</summary>
    public int Tokens { get; }

    /// <summary>Of what clients see of it.</summary>
    internal ulong Seen { get; }

    /// <summary>The arguments that modern clients mirror as headers: those that they see; null = none.</summary>
    public ParamHeaders? Headers { get; }

    /// <summary>What the set sends with every call; null = nothing.</summary>
    public FixedArguments? Fixed { get; }
}
