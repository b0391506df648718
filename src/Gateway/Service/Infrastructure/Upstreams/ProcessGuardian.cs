using System.Diagnostics;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Ends the stdio servers of a gateway that was killed. A shell, started with the first of them, waits for the end of its input, which comes when the gateway ends,
/// however it ends; then it kills whatever carries the mark of the gateway's life. The kernel's own means (PR_SET_PDEATHSIG) reaches the first process of a tree only, and
/// goes off as soon as the thread ends that started it.
/// </summary>
internal sealed partial class ProcessGuardian(ChildMarks marks, ILogger<ProcessGuardian> logger) : IDisposable
{
    /// <summary>It goes on looking for 3 s: something may just be starting.</summary>
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM
        while read -r word; do if [ "$word" = done ]; then exit 0; fi; done
        round=0
        while [ $round -lt 12 ]; do
          for file in $(grep -lF "$1" /proc/[0-9]*/environ); do pid=${file#/proc/}; kill -KILL "${pid%/environ}"; done
          round=$((round + 1))
          sleep 0.25 || sleep 1
        done
        """;

    private readonly Lock _gate = new();
    private Process? _process;
    private bool _missing;

    /// <summary>Sees to it that there is one. Where there is no shell, orphans live until the gateway's next start.</summary>
    public void Ensure()
    {
        lock (_gate)
        {
            if (_missing || _process is { HasExited: false })
            {
                return;
            }

            _process?.Dispose();
            _process = null;
            if (!OsProcesses.AreVisible || !File.Exists("/bin/sh"))
            {
                _missing = true;
                NoShell(logger);
                return;
            }

            _process = Start();
        }
    }

    /// <summary>Nothing is left to guard.</summary>
    public void Dismiss()
    {
        lock (_gate)
        {
            try
            {
                _process?.StandardInput.WriteLine("done");
                _process?.StandardInput.Close();
            }
            catch (IOException)
            {
                // It is gone already.
            }
        }
    }

    public void Dispose() => _process?.Dispose();

    private Process? Start()
    {
        // A session of its own: what is sent to the gateway's group does not reach it.
        var setSid = Array.Find(["/usr/bin/setsid", "/bin/setsid"], File.Exists);
        var start = new ProcessStartInfo(setSid ?? "/bin/sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])[.. setSid is null ? Array.Empty<string>() : ["/bin/sh"], "-c", Script, "mcpp-guardian", marks.OfThisLife])
        {
            start.ArgumentList.Add(argument);
        }

        var path = start.Environment.TryGetValue("PATH", out var own) ? own : null;
        start.Environment.Clear();
        start.Environment["PATH"] = path ?? "/usr/bin:/bin";
        try
        {
            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            NotStarted(logger, failure);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no shell here that could end stdio servers if the gateway is killed; they would live until its next start.")]
    private static partial void NoShell(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The guardian of the stdio servers could not be started; it is tried again with the next server.")]
    private static partial void NotStarted(ILogger logger, Exception exception);
}
