using System.Globalization;
using System.Text;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>What the operating system shows of processes, whatever the platform says.</summary>
internal static class RunningProcesses
{
    /// <summary>Ids of those in whose environment this text stands; the dead do not count.</summary>
    public static IReadOnlyList<int> With(string text) => [.. Ids().Where(id => !IsDead(id) && Read(id, "environ").Contains(text, StringComparison.Ordinal))];

    /// <summary>Ids of those in whose command line this text stands.</summary>
    public static IReadOnlyList<int> Called(string text) => [.. Ids().Where(id => id != Environment.ProcessId && !IsDead(id) && Read(id, "cmdline").Contains(text, StringComparison.Ordinal))];

    /// <summary>Null when it is gone.</summary>
    public static int? ParentOf(int id) => Fields(id) is { Length: > 1 } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;

    /// <summary>True for a zombie, too.</summary>
    public static bool IsDead(int id) => Fields(id) is not { Length: > 1 } fields || fields[0] is "Z" or "X";

    private static string[] Fields(int id) => Read(id, "stat") is { Length: > 0 } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static IEnumerable<int> Ids() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0);

    private static string Read(int id, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{id}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
