namespace McpPlatform.Gateway.State;

/// <summary>
/// Names in a tool set: unique, and a function of the set and its servers' lists alone. A name that was given goes before one that was made; where two items want one name, none has it.
/// </summary>
internal static class SetNames
{
    /// <summary>The names of items, in their order.</summary>
    /// <param name="ownNames">Items are called as their servers call them where that is unique.</param>
    /// <param name="reserved">Names that no item can have.</param>
    public static string[] Of(IReadOnlyList<(string Server, string Own, string? Given)> items, bool ownNames, IReadOnlySet<string> reserved)
    {
        var given = Single(items.Select(item => item.Given).OfType<string>(), reserved);
        var own = ownNames ? Single(items.Where(item => item.Given is null).Select(item => item.Own), reserved) : [];
        own.ExceptWith(given);
        var names = items.Select(item =>
            item.Given is { } wanted ? given.Contains(wanted) ? wanted : AggregatedName.OnCollision(item.Server, item.Own)
            : own.Contains(item.Own) ? item.Own
            : AggregatedName.Of(item.Server, item.Own)).ToArray();
        foreach (var same in Enumerable.Range(0, names.Length).GroupBy(index => names[index], StringComparer.Ordinal).Where(group => group.Skip(1).Any() || reserved.Contains(group.Key)).ToList())
        {
            foreach (var index in same.Where(index => items[index].Given != names[index]))
            {
                names[index] = AggregatedName.OnCollision(items[index].Server, items[index].Own);
            }
        }

        return names;
    }

    private static HashSet<string> Single(IEnumerable<string> names, IReadOnlySet<string> reserved) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => !group.Skip(1).Any() && !reserved.Contains(group.Key)).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
}
