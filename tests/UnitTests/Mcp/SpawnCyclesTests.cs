using System.Diagnostics;
using System.Globalization;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Starting and ending processes again and again, in every way in which they end. <c>MCPP_SPAWN_CYCLES</c> sets how often (10000 take minutes).</summary>
[Collection<WholeProcess>]
public sealed class SpawnCyclesTests(ITestOutputHelper output) : ISlotOwner
{
    private const int AtOnce = 4;

    private readonly InstancePlaces _places = new(new InstanceLimits(10, 10, 10), TimeProvider.System);

    [Fact]
    public async Task Nothing_is_left_of_processes_that_were_started_and_ended_in_every_way()
    {
        var cycles = int.Parse(Environment.GetEnvironmentVariable("MCPP_SPAWN_CYCLES") ?? "200", CultureInfo.InvariantCulture);
        var marks = new ChildMarks(Guid.NewGuid().ToString("n"));
        for (var way = 0; way < 12; way++)
        {
            await Cycle(way, marks);
        }

        await _places.WhenEmpty().WaitAsync(TimeSpan.FromSeconds(20));
        var (before, watch) = (Held.Now(), Stopwatch.StartNew());

        await Parallel.ForEachAsync(Enumerable.Range(0, cycles), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (way, _) => await Cycle(way, marks));

        await _places.WhenEmpty().WaitAsync(TimeSpan.FromSeconds(20));
        var took = watch.Elapsed;
        await Fixtures.Until(() => Task.FromResult(Held.Now().IsWithin(before)), $"as much is held as before: {before}, {Held.Now()}");
        Left(marks).ShouldBeEmpty();
        output.WriteLine($"{cycles} cycles in {took.TotalSeconds:0.0} s, {took.TotalMilliseconds / cycles:0.00} ms each; before: {before}; after: {Held.Now()}");
    }

    Task<InstancePlace> ISlotOwner.Enter(UpstreamSlot slot) => _places.Take(slot, TimeSpan.FromSeconds(30));

    void ISlotOwner.Left(UpstreamSlot slot) => _places.LookAgain();

    void ISlotOwner.Closed(UpstreamSlot slot, NewConnection connection)
    {
        // Nothing to be kept.
    }

    /// <summary>One process: idle and stopped, killed from outside, stopped while it starts, with a daemon, or deaf to everything but SIGKILL.</summary>
    private async Task Cycle(int way, ChildMarks marks)
    {
        var habits = (way % 50) switch { 7 => ["--deaf"], 13 or 31 => ["--daemon"], _ => Array.Empty<string>() };
        var slot = new UpstreamSlot(
            new UpstreamKey(Guid.NewGuid(), Guid.NewGuid(), "cycle", new UpstreamPart(ProcessScope.Principal, Guid.Empty, $"{way}")),
            new ServerConnection("stdio", null, "tiny", false, [], []),
            new TinyServers(marks, habits),
            TimeSpan.FromSeconds(30),
            TimeProvider.System,
            owner: this);
        if (way % 4 == 3)
        {
            var starting = slot.Get(CancellationToken.None).AsTask();
            await Task.Delay(way % 5);
            await slot.Abort();
            await ((Task)starting).ContinueWith(static _ => { }, TaskScheduler.Default);
            return;
        }

        using (var lease = (await slot.Get(CancellationToken.None)).ShouldNotBeNull())
        {
            using var answer = await lease.Connection.Send(Fixtures.Call("who"), CancellationToken.None);
            if (way % 4 == 2)
            {
                OsProcesses.Kill(OsProcesses.Find(((StdioUpstream)lease.Connection).ProcessId!.Value)!.Value);
                await Fixtures.Until(() => Task.FromResult(lease.Connection.IsClosed), "its end is noticed");
            }
        }

        slot.Retire();
    }

    private static List<int> Left(ChildMarks marks) =>
        [.. OsProcesses.All().Where(process => !process.IsZombie && OsProcesses.MarkOf(process.Id) is { } mark && marks.IsOurs(mark)).Select(process => process.Id)];

    private sealed class TinyServers(ChildMarks marks, string[] habits) : IConnectionFactory
    {
        public NewConnection Create(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms)
        {
            var options = ProcessTreeTests.Tiny(habits) with { Mark = marks.Next(), StopGrace = TimeSpan.FromMilliseconds(100) };
            return new NewConnection(new StdioUpstream(options, Fixtures.Client, TimeProvider.System), KnownSecrets.None) { Mark = options.Mark };
        }
    }

    /// <summary>What this process holds of the operating system.</summary>
    private sealed record Held(int Files, int Pipes, int Threads, int Children)
    {
        public static Held Now() => new(
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            Directory.GetFileSystemEntries("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true),
            Directory.GetFileSystemEntries("/proc/self/task").Select(ReadName).Count(name => name.StartsWith("mcp std", StringComparison.Ordinal)),
            OsProcesses.All().Count(process => process.Parent == Environment.ProcessId));

        /// <summary>A few descriptors more are the runtime's own: it opens its assemblies when they are needed.</summary>
        public bool IsWithin(Held before) => Files <= before.Files + 32 && Pipes <= before.Pipes && Threads <= before.Threads && Children <= before.Children;

        private static string ReadName(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                return "";
            }
        }
    }
}
