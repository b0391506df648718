using System.Diagnostics.Metrics;
using McpPlatform.Contracts.Registry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Definitions;

/// <summary>Compares what a server shows with what of it is accepted.</summary>
public sealed class DefinitionReview(ICatalog catalog, DefinitionDefaults defaults)
{
    /// <summary>One minute: a server under quarantine that changes without a word is found out by then.</summary>
    private static readonly TimeSpan Watchful = TimeSpan.FromMinutes(1);

    private static readonly Meter Meter = new("McpPlatform.Registry");

    private static readonly Counter<long> Withheld = Meter.CreateCounter<long>(
        "mcpp.registry.definitions.withheld", "{definition}", "Definitions that servers under quarantine added or changed, by what about them is new.");

    private static readonly Counter<long> Flagged = Meter.CreateCounter<long>(
        "mcpp.registry.definitions.flagged", "{definition}", "Definitions that came with hidden characters or text that reads like instructions, by code.");

    /// <summary>How often a server is looked at.</summary>
    public TimeSpan IntervalOf(RegisteredServer server, TimeSpan usual) => defaults.RuleOf(server).Quarantine && usual > Watchful ? Watchful : usual;

    /// <summary>What a server shows by its stored catalog, what of it waits, and what is accepted; the last null when the server decides nothing.</summary>
    public async Task<Review> Of(RegisteredServer server, CancellationToken cancellationToken)
    {
        var seen = await Stored(server, cancellationToken);
        var rule = defaults.RuleOf(server);
        if (!rule.Quarantine)
        {
            return new Review(rule, seen, [], null);
        }

        var pins = await catalog.PinsOf(server.Id, cancellationToken);
        var accepted = pins ?? PinnedDefinitions.First(server, seen, rule.TrustFirstUse, server.UpdatedAt);
        return new Review(rule, seen, await Pending(accepted, server, seen, cancellationToken), pins);
    }

    /// <summary>
    /// A look found these. A server under quarantine that has no accepted set yet gets one: of what was served until now, or else of what is seen first. Returns what there is to say.
    /// </summary>
    internal async Task<Taken> Take(RegisteredServer server, IReadOnlyList<SeenDefinition> now, bool isChanged, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var rule = defaults.RuleOf(server);
        if (!rule.Quarantine && !isChanged)
        {
            // As it was: nothing new to flag, and what was said of it is said again.
            return new Taken(Said(now), []);
        }

        var before = await Stored(server, cancellationToken);
        var known = before.Select(definition => (definition.Kind, definition.Name, definition.Hash)).ToHashSet();
        (SeenDefinition Seen, string[] Codes)[] flagged = [.. now.Where(definition => !known.Contains((definition.Kind, definition.Name, definition.Hash)))
            .Select(definition => (definition, (string[])[.. DefinitionScan.Of(definition).Select(finding => finding.Code).Distinct()])).Where(found => found.Item2.Length > 0)];
        foreach (var code in flagged.SelectMany(found => found.Codes))
        {
            Flagged.Add(1, new KeyValuePair<string, object?>("mcpp.finding", code));
        }

        if (!rule.Quarantine)
        {
            return new Taken(Said(now), [.. flagged.Select(found => Told(found.Seen, found.Codes, isWithheld: false))]);
        }

        var pins = await catalog.PinsOf(server.Id, cancellationToken);
        if (pins is null)
        {
            catalog.Add(pins = PinnedDefinitions.First(server, server.Seen.CatalogHash.Length > 0 ? before : now, rule.TrustFirstUse, at));
        }

        var pending = await Pending(pins, server, now, cancellationToken);
        foreach (var change in pending.Where(change => !known.Contains((change.Seen.Kind, change.Seen.Name, change.Seen.Hash))))
        {
            Withheld.Add(1, new KeyValuePair<string, object?>("mcpp.change", change.Change.ToString().ToLowerInvariant()));
        }

        var withheld = pending.Select(change => (change.Seen.Kind, change.Seen.Name)).ToHashSet();
        var said = pending.Count == 0 ? ""
            : $"Withheld until accepted ({pending.Count}): {string.Join("; ", pending.Take(4).Select(Describe))}{(pending.Count > 4 ? "; …" : ".")}";
        return new Taken(said, [.. flagged.Select(found => Told(found.Seen, found.Codes, withheld.Contains((found.Seen.Kind, found.Seen.Name))))]);
    }

    private static FlaggedDefinition Told(SeenDefinition seen, string[] codes, bool isWithheld) => new(seen.Kind, Shown(seen.Name), codes, isWithheld);

    private static string Describe(PendingChange change) =>
        $"{change.Seen.Kind} '{Shown(change.Seen.Name)}' {(change.Was is { } was ? $"renamed from '{Shown(was)}'" : change.Change.ToString().ToLowerInvariant())}"
        + (change.Findings.Count == 0 ? "" : $" ({string.Join(", ", change.Findings.Select(finding => finding.Code).Distinct())})");

    /// <summary>What is served although it is suspicious.</summary>
    private static string Said(IReadOnlyList<SeenDefinition> seen)
    {
        var flagged = seen.Where(definition => DefinitionScan.Of(definition).Count > 0).ToList();
        return flagged.Count == 0 ? ""
            : $"Flagged ({flagged.Count}): {string.Join("; ", flagged.Take(4).Select(definition => $"{definition.Kind} '{Shown(definition.Name)}' ({string.Join(", ", DefinitionScan.Of(definition).Select(finding => finding.Code).Distinct())})"))}{(flagged.Count > 4 ? "; …" : ".")}";
    }

    private static string Shown(string name) => DefinitionScan.Visible(name.Length <= 64 ? name : name[..64] + "…");

    private async Task<IReadOnlyList<PendingChange>> Pending(PinnedDefinitions pins, RegisteredServer server, IReadOnlyList<SeenDefinition> seen, CancellationToken cancellationToken) =>
        seen.All(pins.Has) ? [] : PendingChange.Of(pins.Accepted, seen, await catalog.ToolsOfOthers(server.Id, cancellationToken));

    private async Task<IReadOnlyList<SeenDefinition>> Stored(RegisteredServer server, CancellationToken cancellationToken) =>
        SeenDefinition.Of(await catalog.ToolsOf(server.Id, cancellationToken), (await catalog.OfferOf(server.Id, cancellationToken))?.Offer);
}

/// <summary>What came of a look at a server.</summary>
/// <param name="Said">For its health; empty when there is nothing to say.</param>
/// <param name="Flagged">What is suspicious of what is new or changed.</param>
internal sealed record Taken(string Said, IReadOnlyList<FlaggedDefinition> Flagged);

/// <summary>How a server's definitions stand.</summary>
/// <param name="Seen">What it shows.</param>
/// <param name="Pending">What of it is withheld.</param>
/// <param name="Pins">Null when there is no accepted set (yet).</param>
public sealed record Review(DefinitionRule Rule, IReadOnlyList<SeenDefinition> Seen, IReadOnlyList<PendingChange> Pending, PinnedDefinitions? Pins);
