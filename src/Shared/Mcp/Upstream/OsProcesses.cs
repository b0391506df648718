using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace McpPlatform.Mcp.Upstream;

/// <summary>A process as the operating system shows it.</summary>
/// <param name="Parent">Of an orphan: whoever adopted it.</param>
/// <param name="StartedAt">In the system's clock ticks since it booted. Together with <paramref name="Id"/> it means one process for good: ids are used again.</param>
public readonly record struct OsProcess(int Id, int Parent, int Group, int Session, bool IsZombie, long StartedAt);

/// <summary>
/// What runs on this machine, by <c>/proc</c>. Empty where there is none (Windows, macOS): there only process groups, or the tree that is visible, can be ended.
/// </summary>
public static class OsProcesses
{
    /// <summary>Variable in the environment of every stdio server and of what it starts: whose it is. Set by the platform, never by people.</summary>
    public const string Mark = "MCPP_CHILD";

    /// <summary>Larger environments are read up to here; the mark comes early, since it is set before everything else.</summary>
    private const int MaxEnvironmentBytes = 256 * 1024;

    private static readonly byte[] Marked = Encoding.ASCII.GetBytes(Mark + "=");

    /// <summary>Whether there is anything to be seen.</summary>
    public static bool AreVisible { get; } = File.Exists("/proc/self/stat");

    /// <summary>All processes, the dead that nobody has buried included.</summary>
    public static IEnumerable<OsProcess> All()
    {
        if (!AreVisible)
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Find(id) is { } process)
            {
                yield return process;
            }
        }
    }

    /// <summary>One process; null when there is none.</summary>
    public static OsProcess? Find(int id)
    {
        if (!AreVisible || Read($"/proc/{id}/stat", 4096) is not { Length: > 0 } bytes)
        {
            return null;
        }

        // The name stands in parentheses and may have any characters; fields are counted from behind it (proc_pid_stat(5)).
        var text = Encoding.UTF8.GetString(bytes);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new OsProcess(id, Number(fields[1]), Number(fields[2]), Number(fields[3]), fields[0] is "Z" or "X", long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>The mark in a process' environment; null when it has none, or when it may not be looked into.</summary>
    public static string? MarkOf(int id)
    {
        var environment = (ReadOnlySpan<byte>)(AreVisible ? Read($"/proc/{id}/environ", MaxEnvironmentBytes) : null);
        while (!environment.IsEmpty)
        {
            var end = environment.IndexOf((byte)0);
            var variable = end < 0 ? environment : environment[..end];
            if (variable.StartsWith(Marked))
            {
                return Encoding.UTF8.GetString(variable[Marked.Length..]);
            }

            environment = end < 0 ? default : environment[(end + 1)..];
        }

        return null;
    }

    /// <summary>SIGKILL, unless another process has the id by now.</summary>
    public static void Kill(in OsProcess process)
    {
        if (Find(process.Id) is { IsZombie: false } now && now.StartedAt == process.StartedAt)
        {
            _ = Signals.Send(process.Id, Signals.Kill);
        }
    }

    /// <summary>
    /// Buries the dead that this process has adopted, as the first process of a container does, and that a stdio server of ours left behind. Others' children stay:
    /// who started them waits for them. Returns how many.
    /// </summary>
    public static int BuryAdopted()
    {
        var me = Find(Environment.ProcessId);
        if (me is null)
        {
            return 0;
        }

        // Under the lock no leader comes to be that is not yet known as one.
        lock (ProcessGroup.Gate)
        {
            return All().Count(dead => dead.IsZombie && dead.Parent == me.Value.Id && dead.Session != me.Value.Session && !ProcessGroup.IsLeader(dead.Id) && Signals.Bury(dead.Id));
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Null when the process is gone or may not be looked into.</summary>
    private static byte[]? Read(string path, int atMost)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var (bytes, length) = (new byte[1024], 0);
            while (length < atMost)
            {
                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, Math.Min(2 * length, atMost));
                }

                var read = file.Read(bytes, length, bytes.Length - length);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return bytes[..length];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The system calls that the base library does not have.</summary>
internal static class Signals
{
    public const int Term = 15;
    public const int Kill = 9;

    private const int WithoutWaiting = 1;

    /// <summary>To a process, or to a group when the id is negative; 0 = sent.</summary>
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Send(int processId, int signal);

    /// <summary>Takes the exit status of a dead child.</summary>
    public static bool Bury(int processId) => Wait(processId, out _, WithoutWaiting) == processId;

    [DllImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int processId, out int status, int options);
}
