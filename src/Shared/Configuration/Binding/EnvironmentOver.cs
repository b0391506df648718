using McpPlatform.Configuration.Model;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration.Binding;

/// <summary>
/// The environment over the file: <c>MCPP_SERVERS__GITHUB__URL</c> sets <c>servers.github.url</c>. Two underscores separate names, case does not count, and a <c>-</c> of a
/// name is a <c>_</c> there. Lists of texts are separated by commas.
/// </summary>
internal static class EnvironmentOver
{
    private const string Prefix = "MCPP_";

    /// <summary>Writes the variables into the tree, in the order of their names.</summary>
    public static void Apply(MapNode root, IEnumerable<KeyValuePair<string, string>> environment, ProblemList problems)
    {
        foreach (var (name, value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && v.Key.Contains("__", StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            Set(root, name, value, problems);
        }
    }

    private static void Set(MapNode root, string name, string value, ProblemList problems)
    {
        var (at, map, type, says) = (new Mark(name, 0, 0), root, typeof(PlatformConfiguration), default(MemberAttribute));
        var path = "";
        var parts = name[Prefix.Length..].Split("__");
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            string key;
            if (Shapes.EntryOf(type) is { } entry)
            {
                // In a group: a name that is there, or a new one.
                key = map.Entries.Find(e => Plain(e.Key) == Plain(part))?.Key ?? (Shapes.IsSection(entry) || says!.Names == Form.HeaderName ? part.ToLowerInvariant() : part);
                type = entry;
            }
            else
            {
                var members = Member.Of(type);
                if (members.FirstOrDefault(m => m.Name.Equals(part, StringComparison.OrdinalIgnoreCase)) is not { } member)
                {
                    // Someone else's variable, as long as not even the section is ours.
                    if (i > 0)
                    {
                        var meant = Similar.To(part, members.Select(m => m.Name));
                        problems.Add(at, path, $"It names no member: '{part.ToLowerInvariant()}'.", meant is null ? $"Members are {string.Join(", ", members.Select(m => m.Name))}." : $"Did you mean {meant.ToUpperInvariant()}?");
                    }

                    return;
                }

                (key, says) = (member.Name, member.Says);
                type = member.Type;
            }

            path = path.Length == 0 ? key : $"{path}.{key}";
            var existing = map.Entries.FindIndex(e => e.Key == key);
            if (i == parts.Length - 1)
            {
                var node = Leaf(type, value, at);
                if (node is null)
                {
                    problems.Add(at, path, "It names a group, and not a single value.", "Name a member of it, after two more underscores.");
                    return;
                }

                Put(map, existing, new MapEntry(key, at, node));
                return;
            }

            if (existing >= 0 && map.Entries[existing].Value is MapNode inner)
            {
                map = inner;
            }
            else if (Shapes.IsSection(type) || Shapes.EntryOf(type) is not null)
            {
                inner = new MapNode(at, []);
                Put(map, existing, new MapEntry(key, at, inner));
                map = inner;
            }
            else
            {
                problems.Add(at, path, "It has no members.", "End the name there.");
                return;
            }
        }
    }

    private static ConfigNode? Leaf(Type type, string value, Mark at) =>
        Shapes.ItemOf(type) is { } item
            ? item == typeof(string) ? new ListNode(at, [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => new ScalarNode(at, text, ScalarKind.Text))]) : null
            : Shapes.EntryOf(type) is not null || Shapes.IsSection(type) ? null : new ScalarNode(at, value, ScalarKind.Text);

    private static void Put(MapNode map, int existing, MapEntry entry)
    {
        if (existing < 0)
        {
            map.Entries.Add(entry);
        }
        else
        {
            map.Entries[existing] = entry;
        }
    }

    private static string Plain(string name) => name.Replace('-', '_').ToLowerInvariant();
}
