using System.Diagnostics;
using System.Globalization;
using McpPlatform.IntegrationTests.Platform;
using Npgsql;
using Xunit;

namespace McpPlatform.IntegrationTests.Messaging;

/// <summary>
/// Kills tests/CrashHost at every place where a crash could lose an event or repeat its effect, on a real broker and database. Three lanes run side by side, each
/// with a module, a database and a queue of its own; within a lane each start repairs what the crash before it left. <c>MCPP_CRASH_RUNS</c> says how often each
/// place is tried: 100 for the full matrix, a few by default.
/// </summary>
public sealed class CrashMatrix : IAsyncLifetime
{
    /// <summary>4: half a minute on two idle cores, and each place still meets leftovers of its own kind.</summary>
    private const int FewRuns = 4;

    /// <summary>What a process gets that must die before, or that has to repair a crash.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] Databases = ["policy", "registry", "factory"];
    private static readonly string Program = Path.Combine(Repository.Root, "tests/CrashHost/bin", Repository.Configuration, "net10.0/McpPlatform.CrashHost.dll");

    private readonly Dictionary<string, string> _settings = [];
    private string _folder = "";
    private PrivatePostgres _postgres = null!;
    private Lazy<Task<Outcome[]>> _outcomes = null!;

    /// <summary>The places, and whether the command has committed by then.</summary>
    public static IReadOnlyList<(string Place, bool Commits)> Places { get; } =
    [
        ("before-commit", false),
        ("after-commit", true),
        ("before-publish", true),
        ("after-publish-before-mark", true),
        ("after-mark", true),
        ("before-consume", true),
        ("in-consume", true),
        ("before-inbox-commit", true),
        ("after-inbox-commit-before-ack", true),
    ];

    public static int Runs { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("MCPP_CRASH_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs) ? runs : FewRuns;

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("mcpp-crash-").FullName;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
        _postgres = await PrivatePostgres.Create(Path.Combine(_folder, "postgres"));
        var broker = await Shell.Run(Path.Combine(Repository.Root, "scripts/private-rabbitmq.sh"), "start", Path.Combine(_folder, "rabbitmq"), "--fast");
        var address = broker.Split('\n').Single(l => l.StartsWith("ConnectionStrings__rabbitmq=", StringComparison.Ordinal)).Split('=', 2);
        _settings[address[0]] = address[1];
        for (var lane = 0; lane < Databases.Length; lane++)
        {
            _settings[$"ConnectionStrings__crash{lane}db"] = _postgres.Runtime(Databases[lane]);
            _settings[$"ConnectionStrings__crash{lane}db_migrator"] = _postgres.Owner(Databases[lane]);
        }

        _outcomes = new Lazy<Task<Outcome[]>>(async () => [.. (await Task.WhenAll(Enumerable.Range(0, Databases.Length).Select(RunLane))).SelectMany(o => o)]);
    }

    public async ValueTask DisposeAsync()
    {
        await Shell.Run(Path.Combine(Repository.Root, "scripts/private-rabbitmq.sh"), "stop", Path.Combine(_folder, "rabbitmq"));
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What came of the runs at this place, after everything has come to rest. The first who asks waits for the whole matrix.</summary>
    internal async Task<IReadOnlyList<Outcome>> At(string place) => [.. (await _outcomes.Value).Where(o => o.Place == place)];

    private async Task<IReadOnlyList<Outcome>> RunLane(int lane)
    {
        await Expect(0, lane, "setup");
        var crashes = new List<(string Place, Guid Order, Ended Ended)>();
        foreach (var (place, _) in Places.Where((_, i) => i % Databases.Length == lane))
        {
            for (var run = 0; run < Runs; run++)
            {
                var order = Guid.CreateVersion7();
                crashes.Add((place, order, await Start($"{lane}", place, $"{order}")));
            }
        }

        // It exits with the number of messages that came back to the queue when it stopped consuming.
        await Until.True(async () => (await Start($"{lane}", "drain")).Code == 0, Patience, () => $"Lane {lane} does not come to rest.");

        var committed = await Count(lane, "SELECT id, 1 FROM orders");
        var effects = await Count(lane, "SELECT order_id, count(*)::int FROM effects GROUP BY order_id");
        return [.. crashes.Select(c => new Outcome(c.Place, c.Ended, committed.ContainsKey(c.Order), effects.GetValueOrDefault(c.Order)))];
    }

    private async Task Expect(int code, int lane, string verb)
    {
        var ended = await Start($"{lane}", verb);
        if (ended.Code != code)
        {
            throw new InvalidOperationException($"CrashHost {lane} {verb} ended with {ended.Code}: {ended.Output}");
        }
    }

    private async Task<Ended> Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return new Ended(process.ExitCode, await output + await errors);
    }

    private async Task<Dictionary<Guid, int>> Count(int lane, string sql)
    {
        await using var source = NpgsqlDataSource.Create(_postgres.Runtime(Databases[lane]));
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var counts = new Dictionary<Guid, int>();
        while (await reader.ReadAsync())
        {
            counts[reader.GetGuid(0)] = reader.GetInt32(1);
        }

        return counts;
    }

    internal sealed record Ended(int Code, string Output);

    /// <summary>One crash.</summary>
    /// <param name="Committed">Whether its command is in the database.</param>
    /// <param name="Effects">How often its event took effect.</param>
    internal sealed record Outcome(string Place, Ended Ended, bool Committed, int Effects);
}
