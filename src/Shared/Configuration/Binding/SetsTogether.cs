using System.Text.Json;
using McpPlatform.Configuration.Model;

namespace McpPlatform.Configuration.Binding;

/// <summary>What the members of a tool set have to fit together. The registry, which checks again, has the same rules; here they are told with the line.</summary>
internal static class SetsTogether
{
    private const int MaxNameLength = 64;

    /// <summary>What a call is changed by is written in one go.</summary>
    private const int MaxFixedArguments = 30;

    public static void Check(string path, ToolSetSection set, Action<string, string, string> add)
    {
        if (set.Members.Count == 0)
        {
            add($"{path}.members", "It holds nothing.", "Name at least one server or tag.");
        }

        for (var i = 0; i < set.Members.Count; i++)
        {
            if (set.Members[i] is { Server: null, Tag: null })
            {
                add($"{path}.members[{i}]", "It names no server.", "Write server (a slug, or a pattern with *), tag, or both.");
            }
        }

        var (items, names) = (new HashSet<(string, string, string)>(), new HashSet<(string, string)>());
        for (var i = 0; i < (set.Overrides?.Count ?? 0); i++)
        {
            var (at, change) = ($"{path}.overrides[{i}]", set.Overrides![i]);
            var kind = change.Kind ?? "tool";
            if (!items.Add((change.Server, kind, change.Name)))
            {
                add(at, "The item is there already.", "Write all that is said of it in one place.");
            }

            if (change.Rename is { } name)
            {
                Name($"{at}.rename", kind, name, names, add);
            }

            Arguments($"{at}.arguments", kind, change, add);
        }
    }

    private static void Name(string path, string kind, string name, HashSet<(string, string)> names, Action<string, string, string> add)
    {
        if (kind == "resource")
        {
            return;
        }

        if (name.Length is 0 or > MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
        {
            add(path, "It is no name that clients take.", $"Write 1 to {MaxNameLength} of A-Z, a-z, 0-9, '_', '-' and '.'.");
        }
        else if (!names.Add((kind, name)))
        {
            add(path, $"Another {kind} of the set has this name.", "Choose another one.");
        }
    }

    private static void Arguments(string path, string kind, SetOverrideSection change, Action<string, string, string> add)
    {
        if (change.Arguments is not { Count: > 0 } arguments)
        {
            return;
        }

        if (kind == "resource")
        {
            add(path, "A resource has no fixed arguments.", "Leave them out; tools and prompts have them.");
        }
        else if (kind == "prompt" && arguments.Any(a => a.Value?.GetValueKind() != JsonValueKind.String))
        {
            add(path, "Arguments of prompts are texts.", "Write them in quotes.");
        }
        else if (arguments.Count > MaxFixedArguments)
        {
            add(path, $"It has more than {MaxFixedArguments} fixed arguments.", "Fix those that callers must not choose.");
        }
        else if (arguments.Select(a => a.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count() != arguments.Count)
        {
            add(path, "An argument is there twice, in different cases.", "Remove one of them: clients are refused in any case.");
        }
    }
}
