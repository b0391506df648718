using System.Diagnostics;

namespace McpPlatform.Mcp.Upstream;

/// <summary>
/// A child that leads a process group of its own, so that everything it starts can be signalled with it: package runners (npx, uvx) start the real server as a
/// grandchild. The group comes from <c>setsid(1)</c>; where that is missing, only the process tree that is visible at the time is ended.
/// </summary>
internal static class ProcessGroup
{
    private static readonly HashSet<int> Leaders = [];

    private static readonly string? SetSid = OperatingSystem.IsWindows() ? null : Array.Find(["/usr/bin/setsid", "/bin/setsid"], File.Exists);

    /// <summary>Held while a leader is started and made known: whoever sees an unknown child of this process under it knows that it is no leader.</summary>
    internal static Lock Gate { get; } = new();

    /// <summary>Whether somebody here waits for this process. Under the gate.</summary>
    internal static bool IsLeader(int processId) => Leaders.Contains(processId);

    /// <summary>Nobody waits for it any more.</summary>
    public static void Forget(int processId)
    {
        lock (Gate)
        {
            Leaders.Remove(processId);
        }
    }

    /// <summary>Starts the program with redirected streams. Throws <see cref="UpstreamException"/> (connect) when it is not there or cannot start.</summary>
    public static Process Start(StdioOptions options)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        start.Environment.Clear();
        if (options.Mark is { } mark)
        {
            start.Environment[OsProcesses.Mark] = mark;
        }

        foreach (var name in (ReadOnlySpan<string>)["PATH", "HOME"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        foreach (var (name, value) in options.Environment.Where(variable => variable.Key != OsProcesses.Mark))
        {
            start.Environment[name] = value;
        }

        var program = Locate(options, start.Environment.TryGetValue("PATH", out var path) ? path : null);
        start.FileName = SetSid ?? program;
        if (SetSid is not null)
        {
            start.ArgumentList.Add(program);
        }

        foreach (var argument in options.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            lock (Gate)
            {
                var process = Process.Start(start) ?? throw new UpstreamException(UpstreamFailure.Connect, $"'{options.Command}' did not start.");
                Leaders.Add(process.Id);
                return process;
            }
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new UpstreamException(UpstreamFailure.Connect, $"'{options.Command}' cannot be started.", failure);
        }
    }

    /// <summary>Sends a signal to all of the group, also when its leader is gone already.</summary>
    public static void Signal(Process process, int signal)
    {
        if (SetSid is null)
        {
            KillTree(process);
            return;
        }

        // ESRCH means that there is nobody left, or that setsid has not run yet: then the process itself is all there is.
        if (Signals.Send(-process.Id, signal) != 0 && !process.HasExited)
        {
            _ = Signals.Send(process.Id, signal);
        }
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has exited.
        }
    }

    private static string Locate(StdioOptions options, string? path)
    {
        if (OperatingSystem.IsWindows())
        {
            return options.Command;
        }

        var candidates = options.Command.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(options.Command, options.WorkingDirectory ?? Environment.CurrentDirectory)]
            : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, options.Command));
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new UpstreamException(UpstreamFailure.Connect, $"'{options.Command}' was not found on the PATH of the server.");
    }
}
