using System.Diagnostics;
using System.Globalization;
using RabbitMQ.Client;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>A RabbitMQ of one test class.</summary>
public sealed class PrivateRabbitMq : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(Repository.Root, "scripts/private-rabbitmq.sh");

    private readonly string _folder;
    private int _process;

    private PrivateRabbitMq(string folder) => _folder = folder;

    /// <summary><c>amqp://user:password@127.0.0.1:port/</c>.</summary>
    public string Address { get; private set; } = "";

    public static async Task<PrivateRabbitMq> Create(string folder)
    {
        var broker = new PrivateRabbitMq(folder);
        await broker.Start();
        return broker;
    }

    public async Task Start()
    {
        var output = await Shell.Run(Script, "start", _folder, "--fast");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1]);
        Address = lines["ConnectionStrings__rabbitmq"];
        _process = int.Parse(lines["PID"], CultureInfo.InvariantCulture);
    }

    /// <summary>kill -9: what was not on disk is gone.</summary>
    public async Task Kill()
    {
        using var process = Process.GetProcessById(_process);
        process.Kill();
        await Until.True(() => Task.FromResult(!Directory.Exists($"/proc/{_process}") || process.HasExited), TimeSpan.FromSeconds(10));
    }

    public Task Stop() => Shell.Run(Script, "stop", _folder);

    public Task<IConnection> Connect() => new ConnectionFactory { Uri = new Uri(Address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    /// <summary>What its log says of queues, errors and starts, without connections coming and going.</summary>
    public string LastWords() => string.Join('\n', Directory.EnumerateFiles(Path.Combine(_folder, "log"), "*.log")
        .SelectMany(File.ReadLines)
        .Where(l => l.Contains("queue", StringComparison.Ordinal) || l.Contains("rror", StringComparison.Ordinal) || l.Contains("Starting RabbitMQ", StringComparison.Ordinal))
        .TakeLast(40));

    public async ValueTask DisposeAsync() => await Stop();
}
