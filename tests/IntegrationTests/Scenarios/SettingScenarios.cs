using System.Diagnostics;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Settings are checked at the start, whatever the process.</summary>
public sealed class SettingScenarios(SharedStandalone shared)
{
    [Theory]
    [InlineData("Gateway__Burst", "0")]
    [InlineData("Gateway__Sessions__MaxPerTenant", "0")]
    [InlineData("Gateway__AuthorizationServers__0", "http://login.example.com")]
    [InlineData("Limits__MaxBodyBytes", "1")]
    [InlineData("Tracing__Retention", "00:00:01")]
    [InlineData("MCPP_MASTER_KEY", "short")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_and_is_named(string name, string value)
    {
        var platform = (await shared.Get()).Platform;
        var start = new ProcessStartInfo("dotnet", [Repository.Standalone, "--port", "1", "--data", Path.Combine(platform.DataFolder, "wrong")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            start.Environment[$"ConnectionStrings__{service}db"] = platform.RuntimeConnection(service);
        }

        start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);

        process.ExitCode.ShouldBe(1, $"{await output}{errors}");
        errors.ShouldContain("Cannot start");
        errors.ShouldContain(name.Replace("__0", "", StringComparison.Ordinal).Split("__")[^1]);
    }
}
