using System.Globalization;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A Redis of one test class. Gateways come as a user that may do what docs/security.md says they need, and nothing else.</summary>
public sealed class PrivateRedis : IAsyncDisposable
{
    private const string Password = "gateways-p%40ss";

    private static readonly string Script = Path.Combine(Repository.Root, "scripts/private-redis.sh");

    private readonly string _folder = Directory.CreateTempSubdirectory("mcpp-redis-").FullName;
    private string _admin = "";
    private int _process;

    private PrivateRedis()
    {
    }

    /// <summary>A file with the address for gateways.</summary>
    public string AddressFile => Path.Combine(_folder, "address");

    public static async Task<PrivateRedis> Create()
    {
        var redis = new PrivateRedis();
        await redis.Start();
        return redis;
    }

    public async Task Start()
    {
        var output = await Shell.Run(Script, "start", Path.Combine(_folder, "redis"), "--fast");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
        (_admin, _process) = (lines["Gateway__Cache__Redis__Url"], int.Parse(lines["PID"], CultureInfo.InvariantCulture));
        await Do("ACL", "SETUSER", "gateway", "on", $">{Uri.UnescapeDataString(Password)}", "resetchannels", "~mcpp:*", "-@all", "+getrange", "+pttl", "+set", "+ping");
        await File.WriteAllTextAsync(AddressFile, $"redis://gateway:{Password}@127.0.0.1:{lines["PORT"]}\n");
    }

    /// <summary>What <c>redis-cli</c> prints of a command, as an administrator.</summary>
    public Task<string> Do(params string[] command) => Shell.Run("redis-cli", ["-u", _admin, "--no-auth-warning", .. command]);

    /// <summary>Every key that there is.</summary>
    public async Task<string[]> Keys() => (await Do("--scan")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Stops it where it is: connections stand, and nothing answers.</summary>
    public Task Pause() => Signal("STOP");

    public Task Resume() => Signal("CONT");

    public async Task Kill()
    {
        await Signal("KILL");
        await Until.True(() => Task.FromResult(RunningProcesses.IsDead(_process)), TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        await Shell.Run(Script, "stop", Path.Combine(_folder, "redis"));
        Directory.Delete(_folder, recursive: true);
    }

    private Task<string> Signal(string name) => Shell.Run("kill", $"-{name}", $"{_process}");
}
