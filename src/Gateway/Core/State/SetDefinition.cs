using System.Runtime.InteropServices;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>What a tool set changes in the definition of an item. Every byte that it says nothing of stays as it is.</summary>
internal static class SetDefinition
{
    /// <summary>For <see cref="JsonSplice"/>.</summary>
    /// <param name="name">New value of <c>name</c>; null leaves it.</param>
    public static IReadOnlyList<MemberEdit> Edits(ReadOnlyMemory<byte> definition, string? name, SetOverride? change)
    {
        var edits = new List<MemberEdit>();
        Set("name", name);
        Set("title", change?.Title);
        Set("description", change?.Description);
        if (change?.Annotations is { ValueKind: JsonValueKind.Object } annotations)
        {
            edits.Add(MemberEdit.Edit("annotations", [.. annotations.EnumerateObject().DistinctBy(hint => hint.Name, StringComparer.Ordinal).Select(hint =>
                hint.Value.ValueKind == JsonValueKind.Null ? MemberEdit.Drop(hint.Name) : MemberEdit.Set(hint.Name, JsonMarshal.GetRawUtf8Value(hint.Value).ToArray()))]));
        }

        if (change?.Arguments is { Count: > 0 } arguments)
        {
            edits.Add(change.Kind == SetItemKinds.Prompt
                ? Left("arguments", JsonMembers.Find(definition, "arguments"u8), argument => JsonMembers.Text(JsonMembers.Find(argument, "name"u8)), arguments.Keys.ToHashSet(StringComparer.Ordinal)) ?? MemberEdit.Drop("arguments")
                : MemberEdit.Edit("inputSchema", Without(JsonMembers.Find(definition, "inputSchema"u8), arguments.Keys)));
        }

        return edits;

        void Set(string member, string? value)
        {
            if (value is not null)
            {
                edits.Add(MemberEdit.Set(member, JsonMembers.Quote(value)));
            }
        }
    }

    /// <summary>Takes arguments out of a schema's <c>properties</c> and <c>required</c>; a list of required ones that becomes empty goes, which older dialects do not allow.</summary>
    private static List<MemberEdit> Without(ReadOnlyMemory<byte> schema, IEnumerable<string> arguments)
    {
        var names = arguments.ToHashSet(StringComparer.Ordinal);
        var edits = new List<MemberEdit> { MemberEdit.Edit("properties", [.. names.Select(MemberEdit.Drop)]) };
        if (Left("required", JsonMembers.Find(schema, "required"u8), JsonMembers.Text, names) is { } required)
        {
            edits.Add(required);
        }

        return edits;
    }

    /// <summary>A list without the items of some names; null = there is no list, or an empty one.</summary>
    private static MemberEdit? Left(string member, ReadOnlyMemory<byte> list, Func<ReadOnlyMemory<byte>, string?> nameOf, HashSet<string> names)
    {
        var (all, left) = (JsonMembers.Items(list).ToList(), new List<byte>());
        foreach (var item in all.Where(item => nameOf(item) is not { } name || !names.Contains(name)))
        {
            left.AddRange(left.Count == 0 ? "["u8 : ","u8);
            left.AddRange(item.Span);
        }

        return all.Count == 0 ? null : left.Count == 0 ? MemberEdit.Drop(member) : MemberEdit.Set(member, (byte[])[.. left, (byte)']']);
    }
}
