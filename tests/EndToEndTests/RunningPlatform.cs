using System.Net;
using System.Runtime.Versioning;
using McpPlatform.EndToEndTests;
using McpPlatform.EndToEndTests.Servers;
using McpPlatform.IntegrationTests.Platform;
using Xunit;

[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
[assembly: AssemblyFixture(typeof(RunningPlatform))]

namespace McpPlatform.EndToEndTests;

/// <summary>Standalone with third-party servers behind it.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    private StandalonePlatform? _platform;
    private RealServers? _servers;

    public StandalonePlatform Platform => _platform ?? throw new InvalidOperationException("Not started.");

    public Uri Mcp => new(Platform.Address, "/mcp");

    /// <summary>Of a caller who may do everything, as often as they like.</summary>
    public string Key { get; private set; } = "";

    public static void SkipWithoutClients() =>
        Assert.SkipUnless(
            Directory.Exists(Repository.Clients) && Directory.Exists(Repository.ModernServers), "tests/clients is not installed: run ./test.sh, which does npm ci.");

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists(Repository.Clients) || !Directory.Exists(Repository.ModernServers))
        {
            return;
        }

        _servers = await RealServers.Start();
        _platform = await StandalonePlatform.Create();
        using var admin = new ApiClient(_platform.Address, _platform.AdminKey);
        Key = (await admin.Post("/api/v1/keys", new { name = "unlimited", roles = new[] { "admin" }, rate = 100_000, burst = 100_000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        foreach (var server in _servers.All)
        {
            var terms = server.Terms.DeepClone().AsObject();
            terms["slug"] = server.Slug;
            (await admin.Post("/api/v1/servers", terms)).Expect(HttpStatusCode.Created);
        }

        using var caller = new ModernCaller(Mcp, _platform.AdminKey);
        var missing = _servers.All.Select(server => server.Slug).ToHashSet();
        await Until.True(
            async () =>
            {
                var names = await caller.ToolNames();
                missing.RemoveWhere(slug => names.Any(name => name.StartsWith($"{slug}__", StringComparison.Ordinal)));
                return missing.Count == 0;
            },
            TimeSpan.FromSeconds(60),
            () => $"Not listed: {string.Join(", ", missing)}.\n{_platform.Logs}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }

    /// <summary>One of the servers behind it. Skips the running test where they are not installed.</summary>
    internal RealServer Server(string slug)
    {
        SkipWithoutClients();
        return _servers![slug];
    }
}
