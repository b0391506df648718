using System.Collections.Frozen;

namespace McpPlatform.Gateway.State;

/// <summary>
/// Names of items on an endpoint that shows several servers: unique whatever servers call their items, and a function of the items alone. Where two want one name, none has it: each takes the
/// next that it could have. A name that was given goes before one that was made; the one that carries the long hash of an item is that item's, whoever else wants it.
/// </summary>
internal static class SetNames
{
    private const int Nobody = -1;

    /// <summary>The names of items, in their order; null = an item that must be left out, since its last name is another one's, which takes a hash of 24 digits found twice.</summary>
    /// <param name="ownNames">Items are called as their servers call them where that is unique.</param>
    /// <param name="reserved">Names that no item can have.</param>
    public static string?[] Of(IReadOnlyList<(string Server, string Own, string? Given)> items, bool ownNames, IReadOnlySet<string>? reserved = null)
    {
        reserved ??= FrozenSet<string>.Empty;
        var (names, steps) = (new string?[items.Count], new int[items.Count]);
        var holders = new Dictionary<string, int>(items.Count, StringComparer.Ordinal);

        // A stack is asked from its end: those that have a given name first, then in their order.
        var asking = new Stack<int>(Enumerable.Range(0, items.Count).OrderBy(index => items[index].Given is not null).ThenByDescending(index => index));
        while (asking.TryPop(out var index))
        {
            if (Wish(index) is not { } name || reserved.Contains(name))
            {
                Next(index);
            }
            else if (!holders.TryGetValue(name, out var holder))
            {
                (names[index], holders[name]) = (name, index);
            }
            else if (holder != Nobody && GoesBefore(holder, index))
            {
                Next(index);
            }
            else
            {
                // Wanted by several: none of them has it, however many leave, but for the one whose hash it carries.
                holders[name] = IsLast(index) ? index : Nobody;
                names[index] = IsLast(index) ? name : null;
                Next(index);
                if (holder != Nobody)
                {
                    names[holder] = null;
                    Next(holder);
                }
            }
        }

        return names;

        // Each item asks for three names at most, so this ends whatever they are.
        void Next(int index)
        {
            if (!IsLast(index))
            {
                steps[index]++;
                asking.Push(index);
            }
        }

        bool IsLast(int index) => steps[index] == 2;

        bool IsGiven(int index) => steps[index] == 0 && items[index].Given is not null;

        bool GoesBefore(int holder, int other) => IsLast(holder) || (IsGiven(holder) && !IsGiven(other) && !IsLast(other));

        string? Wish(int index) => (steps[index], items[index]) switch
        {
            (0, var item) => item.Given ?? (ownNames ? item.Own : null),
            (1, var item) => item.Given is null ? AggregatedName.Of(item.Server, item.Own) : null,
            (_, var item) => AggregatedName.OnCollision(item.Server, item.Own),
        };
    }
}
