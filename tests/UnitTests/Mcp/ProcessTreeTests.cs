using McpPlatform.Mcp.Upstream;
using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>Nothing that a stdio server starts outlives it, as far as the operating system lets us.</summary>
public sealed class ProcessTreeTests
{
    [Theory]
    [InlineData]
    [InlineData("--deaf")]
    [InlineData("--daemon")]
    [InlineData("--deaf", "--daemon")]
    public async Task A_server_is_ended_with_all_it_started_also_what_left_its_session_and_lost_its_parent(params string[] habits)
    {
        var options = Tiny(habits);
        var upstream = new StdioUpstream(options, Fixtures.Client, TimeProvider.System);
        await upstream.Connect(default);
        await Fixtures.Until(() => Task.FromResult(Marked(options).Count == (habits.Contains("--daemon") ? 2 : 1)), "all of it runs");

        await upstream.DisposeAsync();

        Marked(options).ShouldBeEmpty("when disposing has ended, so has everything");
    }

    [Fact]
    public async Task A_server_that_was_killed_takes_along_what_left_its_session()
    {
        var options = Tiny("--daemon");
        await using var upstream = new StdioUpstream(options, Fixtures.Client, TimeProvider.System);
        await upstream.Connect(default);
        await Fixtures.Until(() => Task.FromResult(Marked(options).Count == 2), "all of it runs");

        OsProcesses.Kill(OsProcesses.Find(upstream.ProcessId!.Value)!.Value);

        await Fixtures.Until(() => Task.FromResult(Marked(options).Count == 0 && upstream.IsClosed), "the daemon is gone as well");
    }

    [Fact]
    public async Task What_was_just_started_does_not_survive_a_stop()
    {
        for (var i = 0; i < 20; i++)
        {
            var options = Tiny();
            var upstream = new StdioUpstream(options, Fixtures.Client, TimeProvider.System);
            var connecting = upstream.Connect(default).AsTask();
            await Task.Yield();

            await upstream.DisposeAsync();

            await ((Task)connecting).ContinueWith(static _ => { }, TaskScheduler.Default);
            await Fixtures.Until(() => Task.FromResult(Marked(options).Count == 0), "nothing runs");
        }
    }

    [Fact]
    public void A_process_is_known_by_its_mark_parent_and_start()
    {
        var me = OsProcesses.Find(Environment.ProcessId).ShouldNotBeNull();

        me.IsZombie.ShouldBeFalse();
        OsProcesses.All().ShouldContain(me);
        OsProcesses.MarkOf(me.Id).ShouldBeNull();
        OsProcesses.Find(int.MaxValue).ShouldBeNull();
        OsProcesses.MarkOf(int.MaxValue).ShouldBeNull();
    }

    [Fact]
    public void A_process_that_has_another_ones_id_by_now_is_not_killed()
    {
        using var bystander = System.Diagnostics.Process.Start("sleep", "60");
        var found = OsProcesses.Find(bystander.Id)!.Value;

        OsProcesses.Kill(found with { StartedAt = found.StartedAt - 1 });

        bystander.HasExited.ShouldBeFalse();
        OsProcesses.Kill(found);
        bystander.WaitForExit(10_000).ShouldBeTrue();
    }

    [Fact]
    public async Task The_error_stream_is_kept_to_its_bound()
    {
        var options = new StdioOptions { Command = "sh", Arguments = ["-c", "echo first >&2; head -c 4000 /dev/zero | tr '\\0' x >&2; exec sh \"$0\"", Tiny().Arguments[0]], StderrBytes = 1024 };
        await using var upstream = new StdioUpstream(options, Fixtures.Client, TimeProvider.System);
        await upstream.Connect(default);

        await Fixtures.Until(() => Task.FromResult(upstream.Stderr.Text.Contains("started", StringComparison.Ordinal)), "its words have arrived");
        upstream.Stderr.IsCut.ShouldBeTrue();
        upstream.Stderr.Text.Length.ShouldBe(1024);
        upstream.Stderr.Text.ShouldNotContain("first");
    }

    internal static StdioOptions Tiny(params string[] habits) => new()
    {
        Command = "sh",
        Arguments = [Path.Combine(Fixtures.Root, "tests", "UnitTests", "Mcp", "fixtures", "tiny-server.sh"), .. habits],
        StopGrace = TimeSpan.FromMilliseconds(200),
        Mark = $"test.{Guid.NewGuid():n}.1",
    };

    /// <summary>What runs with this mark.</summary>
    internal static List<OsProcess> Marked(StdioOptions options) => [.. OsProcesses.All().Where(process => !process.IsZombie && OsProcesses.MarkOf(process.Id) == options.Mark)];
}
