using System.Runtime.InteropServices;
using System.Text.Json;
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
    private readonly MemberEdit[]? _fixed;
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

        if (change?.Arguments is { Count: > 0 } arguments)
        {
            Fixed = [.. arguments.Keys];
            _fixed = [.. arguments.Select(argument => MemberEdit.Set(argument.Key, JsonMarshal.GetRawUtf8Value(argument.Value).ToArray()))];
        }

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

    /// <summary>Names of arguments that the set sends; null = none.</summary>
    public IReadOnlyList<string>? Fixed { get; }

    /// <summary>Arguments with those in place that are fixed.</summary>
    /// <param name="arguments">Raw object; empty or <c>null</c> = none.</param>
    internal ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> arguments)
    {
        var given = JsonMembers.IsObject(arguments.Span) ? arguments : "{}"u8.ToArray();
        return _fixed is null ? given : JsonSplice.Apply(given.Span, _fixed);
    }

    /// <summary>The first argument that a client sends although it is fixed; in another case too, since there are servers that do not tell cases apart.</summary>
    internal string? SentAnyway(ReadOnlyMemory<byte> arguments) => Fixed is null ? null
        : JsonMembers.Members(arguments).Select(member => member.Name).FirstOrDefault(name => Fixed.Contains(name, StringComparer.OrdinalIgnoreCase));
}
