using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace McpPlatform.Cli.Launchers;

/// <summary>
/// The operator's launcher file (<c>launchers:</c> in mcpplatform.yaml, by name). It is edited as text: what people wrote around it, comments included, stays byte
/// for byte. Commands are only ever written here, on the machine itself; they never come over the network.
/// </summary>
internal static class LauncherFile
{
    /// <summary>Adds a launcher; the file is made when there is none. A name that is taken, and a file that is not understood, are errors and change nothing.</summary>
    public static void Add(string path, Launcher launcher)
    {
        Check(launcher);
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var changed = Insert(text, launcher, Path.GetFileName(path));
        if (!Names(changed, Path.GetFileName(path)).Contains(launcher.Name))
        {
            throw CliException.Usage($"{Path.GetFileName(path)} is laid out in a way that cannot be edited safely; add this by hand:\n{Entry(launcher, "  ")}");
        }

        var temporary = path + ".new";
        File.WriteAllText(temporary, changed);
        File.Move(temporary, path, overwrite: true);
    }

    private static string Insert(string text, Launcher launcher, string file)
    {
        if (Names(text, file).Contains(launcher.Name))
        {
            throw CliException.Usage($"{file} has a launcher '{launcher.Name}' already; change it there.");
        }

        var lines = text.Split('\n').ToList();
        var section = lines.FindIndex(l => l.TrimEnd() is "launchers:" || l.StartsWith("launchers: #", StringComparison.Ordinal));
        if (section < 0)
        {
            return text + (text.Length == 0 || text.EndsWith('\n') ? "" : "\n") + "launchers:\n" + Entry(launcher, "  ");
        }

        // The first line that says something gives the indentation, as long as it still is inside.
        var first = lines.FindIndex(section + 1, l => l.Trim() is { Length: > 0 } said && said[0] != '#');
        var indent = first < 0 || !char.IsWhiteSpace(lines[first][0]) ? "  " : lines[first][..(lines[first].Length - lines[first].TrimStart().Length)];
        lines.Insert(section + 1, Entry(launcher, indent).TrimEnd('\n'));
        return string.Join('\n', lines);
    }

    private static string Entry(Launcher launcher, string indent)
    {
        var entry = new StringBuilder();
        entry.Append(indent).Append(launcher.Name).Append(":\n");
        entry.Append(indent).Append("  command: ").Append(Quote(launcher.Command)).Append('\n');
        entry.Append(indent).Append("  args: [").AppendJoin(", ", launcher.Arguments.Select(Quote)).Append("]\n");
        if (launcher.Variables.Count > 0)
        {
            entry.Append(indent).Append("  variables: [").AppendJoin(", ", launcher.Variables).Append("]\n");
        }

        return entry.ToString();
    }

    // A double-quoted YAML scalar takes JSON's escapes.
    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static HashSet<string> Names(string text, string file)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode root || !root.Children.TryGetValue("launchers", out var launchers)
                ? []
                : launchers is YamlMappingNode named
                    ? [.. named.Children.Keys.Select(k => k.ToString())]
                    : [];
        }
        catch (YamlException e)
        {
            throw CliException.Usage($"{file} is no YAML: {e.Message}");
        }
    }

    private static void Check(Launcher launcher)
    {
        if (launcher.Name.Length is 0 or > 63 || !launcher.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || int.TryParse(launcher.Name, out _))
        {
            throw CliException.Usage($"'{launcher.Name}' is no launcher name: letters, digits, '-', '_' and '.', at most 63, no number.");
        }

        if (launcher.Variables.FirstOrDefault(v => v.Length == 0 || !v.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) is { } wrong)
        {
            throw CliException.Usage($"--var declares a variable of the launcher by its name alone here, and '{wrong}' is none.");
        }
    }
}
