using System.Globalization;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The processes of <c>scripts/distributed.sh</c> by their names: services, gateways, <c>postgres</c> and <c>rabbitmq</c>. It starts again what dies, and keeps away what is held.</summary>
internal sealed class PlatformParts(string data)
{
    /// <summary>The process id of a part; null while it does not run.</summary>
    public int? ProcessOf(string part) =>
        File.Exists(PidFile(part)) && int.TryParse(File.ReadLines(PidFile(part)).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary>kill -9 of one part, which comes back by itself.</summary>
    public Task Crash(string part) => End(ProcessOf(part) ?? throw new InvalidOperationException($"{part} does not run."));

    /// <summary>kill -9 of one part, which stays away until <see cref="Release"/>.</summary>
    public async Task Hold(string part)
    {
        await KeepAway(part);
        if (ProcessOf(part) is { } pid)
        {
            await End(pid);
        }
    }

    /// <summary>Once it has ended, a part is not started again until <see cref="Release"/>.</summary>
    public Task KeepAway(string part) => File.WriteAllTextAsync(HoldFile(part), "");

    /// <summary>Lets a part come back.</summary>
    public void Release(string part) => File.Delete(HoldFile(part));

    private static async Task End(int pid)
    {
        await Shell.Run("kill", "-KILL", $"{pid}");
        await Until.True(() => Task.FromResult(RunningProcesses.IsDead(pid)), TimeSpan.FromSeconds(10));
    }

    private string PidFile(string part) => part switch
    {
        "rabbitmq" => Path.Combine(data, "rabbitmq/pid"),
        "postgres" => Path.Combine(data, "postgres/cluster/postmaster.pid"),
        _ => Path.Combine(data, "run", $"{part}.pid"),
    };

    private string HoldFile(string part) => Path.Combine(data, "run", $"{part}.hold");
}
