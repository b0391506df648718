using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>Arguments that a tool set sends with every call of a tool or prompt, and that clients neither see nor send. Immutable.</summary>
public sealed class FixedArguments
{
    private readonly MemberEdit[] _edits;

    private FixedArguments(IReadOnlyDictionary<string, JsonElement> arguments)
    {
        Names = [.. arguments.Keys];
        _edits = [.. arguments.Select(argument => MemberEdit.Set(argument.Key, JsonMarshal.GetRawUtf8Value(argument.Value).ToArray()))];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Null = there are none.</summary>
    internal static FixedArguments? Of(IReadOnlyDictionary<string, JsonElement>? arguments) => arguments is { Count: > 0 } ? new FixedArguments(arguments) : null;

    /// <summary>Arguments with those in place that are fixed.</summary>
    /// <param name="arguments">Raw object; empty or <c>null</c> = none.</param>
    internal ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> arguments) => JsonSplice.Apply(JsonMembers.IsObject(arguments.Span) ? arguments.Span : "{}"u8, _edits);

    /// <summary>For a member that holds arguments: they are there, whatever else it says.</summary>
    internal MemberEdit In(string member) => MemberEdit.Edit(member, _edits);

    /// <summary>Whether a name is fixed; in another case too, since there are servers that do not tell cases apart.</summary>
    internal bool Has(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The first argument that a client sends although it is fixed.</summary>
    internal string? SentAnyway(ReadOnlyMemory<byte> arguments) => JsonMembers.Members(arguments).Select(member => member.Name).FirstOrDefault(Has);
}
