using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.State;

/// <summary>What servers can ask a client for.</summary>
[Flags]
public enum ClientAbilities
{
    None = 0,
    Roots = 1,
    Sampling = 2,

    /// <summary>Questions to the user, as a form.</summary>
    Elicitation = 4,

    /// <summary>An address that the user is to open.</summary>
    ElicitationByAddress = 8,

    /// <summary>Questions that it answers as tasks (2025-11-25).</summary>
    Tasks = 16,
    All = Roots | Sampling | Elicitation | ElicitationByAddress | Tasks,

    /// <summary>What crosses from a legacy server to a modern client: not those tasks.</summary>
    OfModern = All & ~Tasks,
}

/// <summary>Abilities as contracts name them, and as clients declare them.</summary>
public static class ClientAbility
{
    private static readonly (ClientAbilities Ability, string Name)[] Names =
    [
        (ClientAbilities.Roots, "roots"), (ClientAbilities.Sampling, "sampling"), (ClientAbilities.Elicitation, "elicitation"),
        (ClientAbilities.ElicitationByAddress, "elicitation.url"), (ClientAbilities.Tasks, "tasks"),
    ];

    public static IEnumerable<ClientAbilities> Each => Names.Select(known => known.Ability);

    /// <summary>What a client with these raw capabilities can be asked for.</summary>
    public static ClientAbilities Of(ReadOnlyMemory<byte> capabilities)
    {
        var elicitation = JsonMembers.Find(capabilities, "elicitation"u8);
        return If(ClientAbilities.Roots, JsonMembers.Find(capabilities, "roots"u8)) | If(ClientAbilities.Sampling, JsonMembers.Find(capabilities, "sampling"u8))
            | If(ClientAbilities.Elicitation, elicitation) | If(ClientAbilities.ElicitationByAddress, JsonMembers.IsObject(elicitation.Span) ? JsonMembers.Find(elicitation, "url"u8) : default)
            | If(ClientAbilities.Tasks, JsonMembers.Find(capabilities, "tasks"u8));

        static ClientAbilities If(ClientAbilities ability, ReadOnlyMemory<byte> member) => member.IsEmpty ? ClientAbilities.None : ability;
    }

    /// <summary>The raw capabilities of a client that can be asked for exactly this.</summary>
    public static byte[] Declare(ClientAbilities abilities)
    {
        var members = new List<string>();
        if (abilities.HasFlag(ClientAbilities.Roots))
        {
            members.Add("\"roots\":{\"listChanged\":true}");
        }

        if (abilities.HasFlag(ClientAbilities.Sampling))
        {
            members.Add("\"sampling\":{}");
        }

        if (abilities.HasFlag(ClientAbilities.ElicitationByAddress))
        {
            members.Add(abilities.HasFlag(ClientAbilities.Elicitation) ? "\"elicitation\":{\"form\":{},\"url\":{}}" : "\"elicitation\":{\"url\":{}}");
        }
        else if (abilities.HasFlag(ClientAbilities.Elicitation))
        {
            members.Add("\"elicitation\":{\"form\":{}}");
        }

        if (abilities.HasFlag(ClientAbilities.Tasks))
        {
            members.Add("\"tasks\":{\"list\":{},\"cancel\":{},\"requests\":{\"elicitation\":{\"create\":{}},\"sampling\":{\"createMessage\":{}}}}");
        }

        return Encoding.ASCII.GetBytes($"{{{string.Join(',', members)}}}");
    }

    /// <summary>The names, separated by spaces; null for none.</summary>
    public static string? Write(ClientAbilities abilities) =>
        abilities == ClientAbilities.None ? null : string.Join(' ', Names.Where(known => abilities.HasFlag(known.Ability)).Select(known => known.Name));

    /// <summary>Reads what <see cref="Write"/> wrote. Names that are not known here say nothing.</summary>
    public static ClientAbilities Parse(string? names) => names is null
        ? ClientAbilities.None
        : Names.Where(known => names.Split(' ').Contains(known.Name, StringComparer.Ordinal)).Aggregate(ClientAbilities.None, (all, known) => all | known.Ability);
}
