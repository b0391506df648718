using System.Collections.Frozen;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Gateway.State;

/// <summary>
/// What of a server is accepted. The gateway itself filters by it, since it serves what it sees of a server before the registry knows: whatever the source of a list, what is not
/// pinned is not in the state, and so is neither listed nor callable.
/// </summary>
internal sealed class Pins
{
    private readonly FrozenSet<(string Kind, string Name, string Hash)> _accepted;

    private Pins(IReadOnlyList<DefinitionPin> pins) => _accepted = pins.Select(pin => (pin.Kind, pin.Name, pin.Hash)).ToFrozenSet();

    /// <summary>Null when nothing is withheld.</summary>
    public static Pins? Of(IReadOnlyList<DefinitionPin>? pins) => pins is null ? null : new Pins(pins);

    /// <summary>Those that are accepted, and the others, each in their order.</summary>
    public static (T[] Served, T[] Withheld) Split<T>(Pins? pins, T[] items)
        where T : class, IListed => pins is null ? (items, []) : (Array.FindAll(items, pins.Has), Array.FindAll(items, item => !pins.Has(item)));

    /// <summary>The face, without instructions that nobody accepted: they are text for the model like any description.</summary>
    public static ServerFace? Filter(Pins? pins, ServerFace? face, string era) =>
        pins is null || face?.Instructions is not { } text || pins._accepted.Contains((DefinitionKinds.Instructions, era, DefinitionPin.HashOf(text))) ? face : face with { Instructions = null };

    private bool Has(IListed item) => _accepted.Contains((KindOf(item), item.Name, item.Hash));

    private static string KindOf(IListed item) => item switch
    {
        OfferedRoute { Kind: OfferKind.Prompt } => DefinitionKinds.Prompt,
        OfferedRoute { Kind: OfferKind.Resource } => DefinitionKinds.Resource,
        OfferedRoute => DefinitionKinds.ResourceTemplate,
        _ => DefinitionKinds.Tool,
    };
}
