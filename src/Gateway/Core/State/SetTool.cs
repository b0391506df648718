using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>One tool as a tool set shows it. Immutable: all that a list or a call needs is made when the state is compiled.</summary>
public sealed class SetTool : IListed
{
    private readonly MemberEdit[]? _fixed;

    internal SetTool(ToolRoute tool, string name, SetOverride? change, bool isPinned)
    {
        (Tool, Aggregated, IsPinned) = (tool, name, isPinned);
        AggregatedDefinition = JsonSplice.Apply(tool.Definition.Span, SetDefinition.Edits(tool.Definition, name, change));
        if (change?.Arguments is { Count: > 0 } arguments)
        {
            Fixed = [.. arguments.Keys];
            _fixed = [.. arguments.Select(argument => MemberEdit.Set(argument.Key, JsonMarshal.GetRawUtf8Value(argument.Value).ToArray()))];
        }

        Headers = ParamHeaders.Read(AggregatedDefinition) is { IsValid: true, IsEmpty: false } headers ? headers : null;
        Tokens = TokenEstimate.Of(AggregatedDefinition.Length);
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

    /// <summary>The definition with the set's words in place, and without the arguments that are fixed.</summary>
    public ReadOnlyMemory<byte> AggregatedDefinition { get; }

    /// <summary>Listed also where tools are found by searching.</summary>
    public bool IsPinned { get; }

    /// <summary>What the definition costs a model's context, estimated.</summary>
    public int Tokens { get; }

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
