using System.Text;

namespace McpPlatform.Mcp.Json;

/// <summary>What happens to one member of an object in <see cref="JsonSplice"/>.</summary>
public enum MemberChange
{
    /// <summary>Give it this value, whether it is there or not.</summary>
    Set,

    /// <summary>Give it this value unless it is there.</summary>
    SetIfAbsent,

    /// <summary>Take it out.</summary>
    Drop,

    /// <summary>Change the members of the object it is. Makes the object when it is absent and something is to be set; leaves other types alone.</summary>
    Edit,

    /// <summary>Take members out of the object it is, and it as well when that leaves nothing; what was empty before stays.</summary>
    Strip,
}

/// <summary>One change to one member. Immutable: constant edits are built once and shared.</summary>
public sealed class MemberEdit
{
    private MemberEdit(string name, MemberChange change, ReadOnlyMemory<byte> value, IReadOnlyList<MemberEdit> inner)
        : this(Encoding.UTF8.GetBytes(name), JsonMembers.Quote(name), change, value, inner)
    {
    }

    private MemberEdit(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> quotedName, MemberChange change, ReadOnlyMemory<byte> value, IReadOnlyList<MemberEdit> inner)
    {
        Name = name;
        QuotedName = quotedName;
        Change = change;
        Value = value;
        Inner = inner;
    }

    /// <summary>What to do.</summary>
    public MemberChange Change { get; }

    /// <summary>Name of the member, decoded UTF-8.</summary>
    internal ReadOnlyMemory<byte> Name { get; }

    /// <summary>Name as JSON text.</summary>
    internal ReadOnlyMemory<byte> QuotedName { get; }

    /// <summary>Raw JSON of the new value.</summary>
    internal ReadOnlyMemory<byte> Value { get; }

    /// <summary>Changes inside, for <see cref="MemberChange.Edit"/> and <see cref="MemberChange.Strip"/>.</summary>
    internal IReadOnlyList<MemberEdit> Inner { get; }

    /// <summary>Sets or replaces; <paramref name="value"/> is raw JSON and is written as it is.</summary>
    public static MemberEdit Set(string name, ReadOnlyMemory<byte> value) => new(name, MemberChange.Set, value, []);

    /// <summary>Sets when absent; <paramref name="value"/> is raw JSON and is written as it is.</summary>
    public static MemberEdit SetIfAbsent(string name, ReadOnlyMemory<byte> value) => new(name, MemberChange.SetIfAbsent, value, []);

    /// <summary>The same change with another value: what is built once is the name.</summary>
    public MemberEdit With(ReadOnlyMemory<byte> value) => new(Name, QuotedName, Change, value, Inner);

    /// <summary>The same change with other changes inside.</summary>
    public MemberEdit With(IReadOnlyList<MemberEdit> inner) => new(Name, QuotedName, Change, Value, inner);

    /// <summary>Takes every member of this name out.</summary>
    public static MemberEdit Drop(string name) => new(name, MemberChange.Drop, default, []);

    /// <summary>Changes members of a member.</summary>
    public static MemberEdit Edit(string name, params IReadOnlyList<MemberEdit> inner) => new(name, MemberChange.Edit, default, inner);

    /// <summary>Takes members out of a member; an object that had nothing else goes with them.</summary>
    public static MemberEdit Strip(string name, params IReadOnlyList<string> members) => new(name, MemberChange.Strip, default, [.. members.Select(Drop)]);
}
