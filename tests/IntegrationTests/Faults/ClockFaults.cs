using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>The clock of all processes jumps, forward by two days and back by an hour, while people are at work.</summary>
public sealed class ClockFaults : FaultyPlatform
{
    private static readonly string? Library = new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1" }.FirstOrDefault(File.Exists);

    private readonly string _clock = Path.GetTempFileName();

    public ClockFaults()
        : base(withLinks: false, gateways: 1)
    {
        File.WriteAllText(_clock, "+0");
        if (Library is not null)
        {
            Settings["LD_PRELOAD"] = Library;
            Settings["FAKETIME_TIMESTAMP_FILE"] = _clock;
            Settings["FAKETIME_CACHE_DURATION"] = "1";
            Settings["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            Settings["DONT_FAKE_MONOTONIC"] = "1";
            // Waits by the monotonic clock are not touched either: with libfaketime's own correction for them, a thread of every .NET process spins, and starting takes minutes.
            Settings["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }
    }

    [Fact]
    public async Task A_clock_that_jumps_costs_no_call_and_no_record()
    {
        Assert.SkipWhen(Library is null, "libfaketime is not installed (Debian: faketime).");

        var seen = await Break(async load =>
        {
            foreach (var time in (string[])["+2d", "-1h", "+0"])
            {
                await File.WriteAllTextAsync(_clock, time, TestContext.Current.CancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                await load.MoreCalls(60);
            }
        });

        seen.Failed.ShouldBeEmpty();
        File.Delete(_clock);
    }
}
