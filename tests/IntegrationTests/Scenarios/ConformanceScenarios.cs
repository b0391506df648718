using System.Diagnostics;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.UnitTests;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>The official conformance suite against a server's own endpoint, with credentials: both frozen sets of requirements, 30 and 37 scored scenarios.</summary>
public abstract class ConformanceScenarios(SharedPlatform shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_suite_passes_through_the_gateway_over_http()
    {
        var steps = await shared.Get();
        await using var fixture = await ConformanceFixture.Start();
        await steps.RegisterHttp("fixture", fixture.Address);

        (await Run(steps.McpOf("fixture"), await Key(steps))).ShouldEndWith("67 passed, 0 failed");
    }

    [Fact]
    public async Task The_suite_passes_through_the_gateway_over_stdio()
    {
        _ = ConformanceFixture.Script;
        var steps = await shared.Get();
        await steps.Register("fixture-stdio", new { transport = "stdio", launcher = "conformance", scope = "session" });

        (await Run(steps.McpOf("fixture-stdio"), await Key(steps))).ShouldEndWith("67 passed, 0 failed");
    }

    /// <summary>The suite asks faster than people do.</summary>
    private static async Task<string> Key(Steps steps)
    {
        var name = $"suite-{Guid.NewGuid():n}"[..20];
        var key = (await steps.Admin.Post("/api/v1/keys", new { name, roles = new[] { "admin" }, rate = 100_000, burst = 100_000 })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        await steps.OnEveryGateway(async gateway => (await new ModernCaller(new Uri(gateway, "/mcp"), key).Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
        return key;
    }

    /// <summary>The suite is installed beside the other clients; its runner looks for it beside itself.</summary>
    private static async Task<string> Run(Uri endpoint, string key)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Repository.Clients, "@modelcontextprotocol/conformance")), "tests/clients is not installed: run ./test.sh, which does npm ci.");
        var source = Path.GetDirectoryName(SharedMaterial.File("conformance/run.mjs"))!;
        var folder = Directory.CreateTempSubdirectory("mcpp-conformance-").FullName;
        try
        {
            File.Copy(Path.Combine(source, "run.mjs"), Path.Combine(folder, "run.mjs"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "lib"), Path.Combine(source, "lib"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Repository.Clients);
            using var process = Process.Start(new ProcessStartInfo(
                "node", ["--preserve-symlinks", Path.Combine(folder, "run.mjs"), "--url", endpoint.ToString(), "--header", $"Authorization: Bearer {key}"]) { RedirectStandardOutput = true })!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Patience);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return output.TrimEnd();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
