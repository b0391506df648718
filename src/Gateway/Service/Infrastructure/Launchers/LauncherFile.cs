using System.Text;
using McpPlatform.Configuration;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Gateway.Infrastructure.Launchers;

/// <summary>
/// Reads the section <c>launchers</c> of the operator's file, strictly; other sections are for other services, and their mistakes are theirs to tell. Messages name the line.
/// </summary>
internal static class LauncherFile
{
    /// <summary>Reads a file. Throws <see cref="LauncherFileException"/>, and what reading a file throws.</summary>
    public static IReadOnlyList<Launcher> Read(string path) =>
        Parse(File.ReadAllBytes(path), LoadedConfiguration.FormatOf(path) ?? throw new LauncherFileException("The ending of its name tells no format: name it .yaml, .yml, .json or .toml."));

    /// <summary>Parses YAML. Throws <see cref="LauncherFileException"/>.</summary>
    public static IReadOnlyList<Launcher> Parse(string text) => Parse(Encoding.UTF8.GetBytes(text), ConfigFormat.Yaml);

    private static IReadOnlyList<Launcher> Parse(byte[] bytes, ConfigFormat format)
    {
        // Nothing in it means no launchers here: who has some writes them.
        if (bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return [];
        }

        var (launchers, problems) = LoadedConfiguration.LaunchersOf(bytes, format);
        return problems is [var first, ..]
            ? throw new LauncherFileException($"Line {first.At.Line}: {(first.Path.Length == 0 ? "" : $"{first.Path}: ")}{first.Reason} {first.Fix}")
            : [.. launchers.Select(l => new Launcher(l.Key, l.Value.Command, l.Value.Args, l.Value.Variables, l.Value.Env, l.Value.Folder, l.Value.Shareable))];
    }
}

/// <summary>The operator's file cannot be used; the message says where and why.</summary>
internal sealed class LauncherFileException(string message) : Exception(message);
