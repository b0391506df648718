using System.Net;
using System.Runtime.Versioning;
using McpPlatform.EndToEndTests;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
[assembly: AssemblyFixture(typeof(RunningPlatform))]

namespace McpPlatform.EndToEndTests;

/// <summary>Standalone with the third-party reference server behind it, over stdio.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    private StandalonePlatform? _platform;

    public StandalonePlatform Platform => _platform ?? throw new InvalidOperationException("Not started.");

    public Uri Mcp => new(Platform.Address, "/mcp");

    public static void SkipWithoutClients() =>
        Assert.SkipUnless(Directory.Exists(Repository.Clients), "tests/clients is not installed: run ./test.sh, which does npm ci.");

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Repository.Clients))
        {
            return;
        }

        _platform = await StandalonePlatform.Create();
        using var admin = new ApiClient(_platform.Address, _platform.AdminKey);
        (await admin.Post("/api/v1/servers", new { slug = "everything", transport = "stdio", launcher = "everything" })).Expect(HttpStatusCode.Created);
        using var caller = new ModernCaller(Mcp, _platform.AdminKey);
        await Until.True(async () => (await caller.ToolNames()).Contains("everything__echo"), TimeSpan.FromSeconds(30), () => $"The reference server is not listed.\n{_platform.Logs}");
    }

    public ValueTask DisposeAsync() => _platform?.DisposeAsync() ?? ValueTask.CompletedTask;
}
