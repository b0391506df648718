using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Configuration.Model;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration.Binding;

/// <summary>
/// Nodes as a model, and every mistake with its place. What cannot be used is left out of the result, which is worth nothing then: whoever finds problems
/// keeps what was before.
/// </summary>
internal sealed class Binder(References references, ProblemList problems)
{
    private readonly List<ConfigValue> _values = [];

    /// <summary>Every single value with its origin, in the order of the text.</summary>
    public IReadOnlyList<ConfigValue> Values => _values;

    /// <summary>Where each member stands, by path.</summary>
    public Dictionary<string, Mark> Places { get; } = new(StringComparer.Ordinal);

    public object? Section(Type type, ConfigNode node, string path, bool isVerbatim = false)
    {
        if (node is not MapNode map)
        {
            Wrong(node, path, $"It is {node.Kind}, and should be a group of members.", $"Write {string.Join(", ", Member.Of(type).Take(6).Select(m => m.Name))}.");
            return null;
        }

        var members = Member.Of(type);
        var section = Activator.CreateInstance(type)!;
        foreach (var entry in map.Entries)
        {
            var at = Join(path, entry.Key);
            Places[at] = entry.At;
            if (members.FirstOrDefault(m => m.Name == entry.Key) is not { } member)
            {
                // For editors.
                if (entry.Key != "$schema" || path.Length > 0)
                {
                    Unknown(entry, path, members);
                }

                continue;
            }

            if (Value(member.Type, member.Says, entry.Value, at, isVerbatim || member.Says.IsVerbatim) is { } value)
            {
                member.Property.SetValue(section, value);
            }
        }

        foreach (var missing in members.Where(m => m.Says.IsRequired && map.Find(m.Name) is null))
        {
            Wrong(map, path, $"'{missing.Name}' is missing.", missing.Says.Text);
        }

        return section;
    }

    private object? Value(Type type, MemberAttribute says, ConfigNode node, string path, bool isVerbatim)
    {
        if (node is ScalarNode { Form: ScalarKind.Null })
        {
            // A section whose members are commented out is an empty one.
            if (Shapes.EntryOf(type) is null && Shapes.ItemOf(type) is null)
            {
                Wrong(node, path, "It has no value.", "Give it one, or leave it out.");
            }

            return null;
        }

        if (Shapes.EntryOf(type) is { } entries)
        {
            return Group(entries, says, node, path, isVerbatim);
        }

        if (Shapes.ItemOf(type) is { } items)
        {
            return List(items, says, node, path, isVerbatim);
        }

        if (type == typeof(JsonObject) && node is not MapNode)
        {
            Wrong(node, path, $"It is {node.Kind}, and should be a group of members.", says.Text);
            return null;
        }

        return type.IsAssignableTo(typeof(JsonNode)) ? FreeForm.Of(node, path, (scalar, at) => Resolve(scalar, at, isSecret: false, isVerbatim: false)) : Shapes.IsSection(type) ? Section(type, node, path, isVerbatim) : Scalar(type, says, node, path, isVerbatim);
    }

    private object? Group(Type type, MemberAttribute says, ConfigNode node, string path, bool isVerbatim)
    {
        if (node is not MapNode map || map.Entries.Count > says.MostEntries)
        {
            Wrong(node, path, node is MapNode ? $"It has more than {says.MostEntries} entries." : $"It is {node.Kind}, and should be a group with a name for each entry.", "Write name: value on lines of their own.");
            return null;
        }

        var group = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), type))!;
        foreach (var entry in map.Entries)
        {
            var at = Join(path, entry.Key);
            Places[at] = entry.At;
            if (!Forms.Fits(says.Names, entry.Key) || entry.Key.Length is 0 or > 256)
            {
                problems.Add(entry.At, path, $"'{Shown(entry.Key)}' is no name that is taken here.", Forms.Rule(says.Names));
                continue;
            }

            if (says.Names == Form.HeaderName && group.Keys.Cast<string>().Any(k => k.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)))
            {
                problems.Add(entry.At, at, "The header is there twice: case does not count.", "Remove one of them.");
                continue;
            }

            if (entry.Value is ScalarNode { Form: ScalarKind.Null } empty && Shapes.IsSection(type))
            {
                Wrong(empty, at, "It has no members.", "Write them below it, indented.");
            }
            else if (Value(type, says, entry.Value, at, isVerbatim) is { } value)
            {
                group[entry.Key] = value;
            }
        }

        return group;
    }

    private Array? List(Type type, MemberAttribute says, ConfigNode node, string path, bool isVerbatim)
    {
        if (node is not ListNode list || list.Items.Count > says.MostEntries)
        {
            Wrong(node, path, node is ListNode ? $"It has more than {says.MostEntries} entries." : $"It is {node.Kind}, and should be a list.", "Write [a, b], or '- a' on lines of their own.");
            return null;
        }

        var values = list.Items.Select((item, i) =>
        {
            Places[$"{path}[{i}]"] = item.At;
            return Value(type, says, item, $"{path}[{i}]", isVerbatim);
        }).Where(value => value is not null).ToArray();
        var array = Array.CreateInstance(type, values.Length);
        Array.Copy(values, array, values.Length);
        return array;
    }

    private object? Scalar(Type type, MemberAttribute says, ConfigNode node, string path, bool isVerbatim)
    {
        if (node is not ScalarNode scalar)
        {
            Wrong(node, path, $"It is {node.Kind}, and should be a single value.", says.Text);
            return null;
        }

        if (Resolve(scalar, path, says.IsSecret, isVerbatim, says.IsUri) is not { } value)
        {
            return null;
        }

        // "5" in quotes is a text, unless a variable gave it.
        var isText = scalar.Form == ScalarKind.Text && value.Via.Length == 0 && scalar.At.Line > 0;
        if (type == typeof(bool))
        {
            return value.Text switch
            {
                "true" when !isText => true,
                "false" when !isText => false,
                _ => Nothing(scalar, path, "It must be true or false.", "Write true or false, without quotes."),
            };
        }

        if (type == typeof(int) || type == typeof(double))
        {
            var rule = says.Least > double.NegativeInfinity ? $"Write a number from {Number(says.Least)} to {Number(says.Most)}, without quotes." : "Write a number, without quotes.";
            if (isText || !double.TryParse(value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || (type == typeof(int) && number != Math.Floor(number)))
            {
                return Nothing(scalar, path, type == typeof(int) ? "It must be a whole number." : "It must be a number.", rule);
            }

            return number < says.Least || number > says.Most ? Nothing(scalar, path, "It is out of range.", rule) : type == typeof(int) ? (object)(int)number : number;
        }

        if (says.OneOf is { } known && !known.Contains(value.Text))
        {
            var meant = says.IsSecret ? null : Similar.To(value.Text, known);
            return Nothing(scalar, path, "It is none of the values that are taken here.", $"{(meant is null ? "" : $"Did you mean '{meant}'? ")}Write one of {string.Join(", ", known)}.");
        }

        return Forms.Fits(says.Form, value.Text) ? value.Text : Nothing(scalar, path, "The text is not of the form that is taken here.", Forms.Rule(says.Form));
    }

    private Resolved? Resolve(ScalarNode scalar, string path, bool isSecret, bool isVerbatim, bool isUri = false)
    {
        try
        {
            var value = isVerbatim ? new Resolved(scalar.Text) : references.Resolve(scalar.Text, isUri);
            _values.Add(new ConfigValue(path, isSecret || value.IsSecret ? ConfigValue.Hidden : value.Text, scalar.At.Origin, value.Via));
            return value;
        }
        catch (ReferenceException wrong)
        {
            Wrong(scalar, path, wrong.Message, wrong.Fix);
            return null;
        }
    }

    private void Unknown(MapEntry entry, string path, IReadOnlyList<Member> members)
    {
        var meant = Similar.To(entry.Key, members.Select(m => m.Name));
        problems.Add(entry.At, path, $"'{Shown(entry.Key)}' is no member.", meant is null ? $"Write one of {string.Join(", ", members.Select(m => m.Name))}." : $"Did you mean '{meant}'?");
    }

    private object? Nothing(ConfigNode node, string path, string reason, string fix)
    {
        Wrong(node, path, reason, fix);
        return null;
    }

    private void Wrong(ConfigNode node, string path, string reason, string fix) => problems.Add(node.At, path, reason, fix);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    // What stands in a message must not be able to break its line.
    private static string Shown(string name) => new([.. name.Take(64).Select(c => char.IsControl(c) || c > '~' ? '?' : c)]);

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}
