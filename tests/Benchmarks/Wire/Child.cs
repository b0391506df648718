using System.Diagnostics;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>A process of this measurement; ends with it.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Time that it has used on a core.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of memory that are its own or mapped, right now.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>This program in another role; returns once it listens.</summary>
    public static async Task<(Child Child, Uri Address)> Serve(string[] role, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Started as "dotnet Benchmarks.dll", the process is dotnet, and this program its first argument.
        var program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(Child).Assembly.Location] : [];
        var child = Start(program, [.. self, "serve", .. role], environment ?? new Dictionary<string, string>());
        var address = await child._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30))
            ?? throw new InvalidOperationException($"The {role[0]} of the benchmark ended before it listened.");
        return (child, new Uri(address));
    }

    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Child(Process.Start(start)!);
    }

    /// <summary>Reads on whatever the process says, so that it never waits for a reader; returns the last lines.</summary>
    public Queue<string> KeepLastLines(int count)
    {
        var lines = new Queue<string>();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (lines)
            {
                if (line.Data is { Length: > 0 } text)
                {
                    lines.Enqueue(text);
                }

                while (lines.Count > count)
                {
                    lines.Dequeue();
                }
            }
        };
        _process.OutputDataReceived += keep;
        _process.ErrorDataReceived += keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return lines;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }

        _process.Dispose();
    }
}
