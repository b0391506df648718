using System.Globalization;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>What a process takes of the machine, by <c>/proc</c>.</summary>
/// <param name="ResidentBytes">Resident memory: what the operating system would get back.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Children">Processes it started.</param>
internal sealed record GatewayUse(long ResidentBytes, int Handles, int Children)
{
    public static GatewayUse Nothing { get; } = new(0, 0, 0);

    public static GatewayUse Of(int process)
    {
        var resident = File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var children = Directory.EnumerateDirectories($"/proc/{process}/task").Sum(ChildrenOf);
        return new(long.Parse(resident, CultureInfo.InvariantCulture) * 1024, Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(), children);
    }

    /// <summary>None of a thread that has ended since it was listed: another one of the process has them now, or they are gone.</summary>
    private static int ChildrenOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public override string ToString() => $"{ResidentBytes / 1048576.0:0.0} MiB, {Handles} handles, {Children} children";
}
