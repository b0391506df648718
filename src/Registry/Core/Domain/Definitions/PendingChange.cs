using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Registry.Domain;

/// <summary>What about a definition is not as it was accepted.</summary>
public enum ChangeKind
{
    /// <summary>A name that was not there.</summary>
    Added,

    /// <summary>Another content under a name that was accepted.</summary>
    Changed,

    /// <summary>A name that was not there, with the content of one that is gone.</summary>
    Renamed,

    /// <summary>A name that was not there, which is one of another server's, or cannot be told from a known one at a glance.</summary>
    Shadowing,
}

/// <summary>A definition that is withheld until somebody accepts it.</summary>
/// <param name="Id">The same for the same kind, name and content: accepting by it never accepts what came after one looked.</param>
/// <param name="Was">For a rename: the name before.</param>
/// <param name="Before">What was accepted in its place; null = nothing.</param>
public sealed record PendingChange(string Id, ChangeKind Change, SeenDefinition Seen, string? Was, AcceptedDefinition? Before, IReadOnlyList<Finding> Findings)
{
    public const int IdLength = 16;

    /// <summary>What a server shows and is not accepted, in the order of <paramref name="seen"/>.</summary>
    /// <param name="others">Tools of the tenant's other servers.</param>
    public static IReadOnlyList<PendingChange> Of(IReadOnlyList<AcceptedDefinition> accepted, IReadOnlyList<SeenDefinition> seen, IReadOnlyList<ForeignTool> others)
    {
        var known = accepted.ToDictionary(pin => (pin.Kind, pin.Name));
        var shown = seen.Select(item => (item.Kind, item.Name)).ToHashSet();
        var gone = accepted.Where(pin => !shown.Contains((pin.Kind, pin.Name))).ToList();
        var shapes = others.Select(tool => (tool.Name, Of: $"'{tool.Name}' of server '{tool.Server}'"))
            .Concat(accepted.Where(pin => pin.Kind == DefinitionKinds.Tool).Select(pin => (pin.Name, Of: $"'{pin.Name}' of the same server")))
            .ToLookup(tool => Skeleton(tool.Name), tool => tool.Of, StringComparer.Ordinal);
        return [.. seen.Where(item => known.GetValueOrDefault((item.Kind, item.Name))?.Hash != item.Hash).Select(Describe)];

        PendingChange Describe(SeenDefinition item)
        {
            var before = known.GetValueOrDefault((item.Kind, item.Name));
            var was = before is null ? gone.Find(pin => pin.Kind == item.Kind && Nameless(pin.Text) is { } text && text == Nameless(item.Text)) : null;
            var alike = before is null && item.Kind == DefinitionKinds.Tool ? shapes[Skeleton(item.Name)].FirstOrDefault() : null;
            IReadOnlyList<Finding> findings = [.. alike is null ? [] : new[] { new Finding(DefinitionScan.LookAlike, "name", $"like {alike}") }, .. DefinitionScan.Of(item)];
            var change = before is not null ? ChangeKind.Changed : was is not null ? ChangeKind.Renamed : alike is not null ? ChangeKind.Shadowing : ChangeKind.Added;
            return new PendingChange(IdOf(item), change, item, was?.Name, before ?? was, findings);
        }
    }

    private static string IdOf(SeenDefinition seen) => DefinitionPin.HashOf($"{seen.Kind}\n{seen.Name}\n{seen.Hash}")[..IdLength];

    /// <summary>What of a name the eye sees.</summary>
    public static string Skeleton(string name)
    {
        var shape = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            _ = char.ToLowerInvariant(c) switch
            {
                '0' => shape.Append('o'),
                '1' or 'i' or '|' => shape.Append('l'),
                '5' => shape.Append('s'),
                '-' or '.' or '/' or '_' => shape,
                var plain => shape.Append(plain),
            };
        }

        return shape.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    /// <summary>The definition without its names; null for what is none.</summary>
    private static string? Nameless(string definition)
    {
        if (!definition.StartsWith('{'))
        {
            return null;
        }

        using var document = JsonDocument.Parse(definition);
        return string.Join('\n', document.RootElement.EnumerateObject().Where(member => member.Name is not ("name" or "title" or "uri" or "uriTemplate"))
            .OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}:{member.Value.GetRawText()}"));
    }
}

/// <summary>A tool of another server.</summary>
public sealed record ForeignTool(string Server, string Name);
