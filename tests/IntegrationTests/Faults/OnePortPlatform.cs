using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Two gateways behind one port, for all that replaces or ends one of them and leaves both running.</summary>
public sealed class OnePortPlatform : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Gateway__RequestsPerSecond"] = "100000",
        ["Gateway__Burst"] = "100000",
        // Calls come at a fixed rate: its processes are compiled as users have them, and not for a short life (ProcessRuntime). Hexadecimal, the runtime's own defaults.
        ["DOTNET_TieredPGO"] = "1",
        ["DOTNET_TC_CallCountThreshold"] = "1E",
    };

    private Steps? _steps;

    /// <summary>Started by the first test that asks; skips the test where it cannot be had.</summary>
    internal async Task<Steps> Get()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "One port is shared, and listening sockets are handed over, on Linux only.");
        _steps ??= await Steps.With(await DistributedPlatform.Create(gateways: 2, Settings, onePort: true));
        await ((DistributedPlatform)_steps.Platform).WaitUntilHealthy();
        return _steps;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _steps?.DisposeAsync() ?? ValueTask.CompletedTask;
}
