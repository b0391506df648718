using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace McpPlatform.Gateway.Infrastructure.Launchers;

/// <summary>
/// Reads the section <c>launchers:</c> of the operator's file, strictly: <c>{name}: {command, args, variables, env, folder, shareable}</c>. Unknown members are
/// errors; other sections of the file are not ours. Messages name the line.
/// </summary>
internal static partial class LauncherFile
{
    /// <summary>1 MiB: hundreds of launchers.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>Parses a file's text. Throws <see cref="LauncherFileException"/>.</summary>
    public static IReadOnlyList<Launcher> Parse(string text)
    {
        if (text.Length > MaxBytes)
        {
            throw new LauncherFileException($"The file is larger than {MaxBytes} bytes.");
        }

        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new LauncherFileException($"Line {exception.Start.Line}: {exception.InnerException?.Message ?? exception.Message}");
        }

        if (stream.Documents.Count == 0)
        {
            return [];
        }

        var root = Mapping(stream.Documents[0].RootNode, "the file");
        return root.Children.TryGetValue(new YamlScalarNode("launchers"), out var section)
            ? [.. Mapping(section, "launchers").Children.Select(entry => ReadLauncher(entry.Key, entry.Value))]
            : [];
    }

    private static Launcher ReadLauncher(YamlNode key, YamlNode value)
    {
        var name = Text(key, "a launcher's name");
        if (!Name().IsMatch(name))
        {
            throw Wrong(key, $"'{name}' is no launcher name: use 1 to 63 letters, digits, '-', '_' or '.'");
        }

        string? command = null;
        string? folder = null;
        var shareable = false;
        IReadOnlyList<string> arguments = [];
        IReadOnlyList<string> variables = [];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (member, node) in Mapping(value, name).Children)
        {
            switch (Text(member, "a member's name"))
            {
                case "command":
                    command = Text(node, "command");
                    break;
                case "args":
                    arguments = Texts(node, "args");
                    break;
                case "variables":
                    variables = Texts(node, "variables");
                    break;
                case "env":
                    environment = Mapping(node, "env").Children.ToDictionary(e => VariableName(e.Key), e => Text(e.Value, "a value of env"), StringComparer.Ordinal);
                    break;
                case "folder":
                    folder = Text(node, "folder");
                    break;
                case "shareable":
                    shareable = Text(node, "shareable") switch { "true" => true, "false" => false, _ => throw Wrong(node, "shareable must be true or false") };
                    break;
                case var other:
                    throw Wrong(member, $"'{other}' is no member of a launcher: command, args, variables, env, folder, shareable");
            }
        }

        foreach (var node in variables)
        {
            if (!Variable().IsMatch(node))
            {
                throw Wrong(value, $"'{node}' is no name of a variable");
            }
        }

        return string.IsNullOrWhiteSpace(command)
            ? throw Wrong(value, $"launcher '{name}' has no command")
            : new Launcher(name, command, arguments, variables, environment, folder, shareable);
    }

    private static string VariableName(YamlNode node) =>
        Text(node, "a name in env") is var name && Variable().IsMatch(name) ? name : throw Wrong(node, $"'{name}' is no name of a variable");

    private static YamlMappingNode Mapping(YamlNode node, string what) => node as YamlMappingNode ?? throw Wrong(node, $"{what} must be a mapping");

    private static IReadOnlyList<string> Texts(YamlNode node, string what) =>
        node is YamlSequenceNode list ? [.. list.Children.Select(item => Text(item, what))] : throw Wrong(node, $"{what} must be a list");

    private static string Text(YamlNode node, string what) =>
        node is YamlScalarNode { Value: { } text } && !text.Contains('\0', StringComparison.Ordinal) ? text : throw Wrong(node, $"{what} must be a text");

    private static LauncherFileException Wrong(YamlNode node, string problem) => new($"Line {node.Start.Line}: {problem}.");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
    private static partial Regex Variable();
}

/// <summary>The operator's file cannot be used; the message says where and why.</summary>
internal sealed class LauncherFileException(string message) : Exception(message);
