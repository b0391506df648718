using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary><c>mcpp doctor</c> before a running platform, with faults that are really there.</summary>
public abstract class DoctorScenarios(SharedPlatform shared)
{
    [Fact]
    public async Task A_way_that_is_whole_has_nothing_that_fails_and_each_server_says_its_era_and_time()
    {
        var steps = await shared.Get();
        await using var proxy = await OddProxy.Before(steps.Platform.Address);
        var slug = Slug();
        await steps.RegisterHttp(slug, steps.Upstream.Address);

        var (exitCode, findings) = await Doctor(proxy.Address, steps.Platform.AdminKey);

        await steps.Admin.Delete($"/api/v1/servers/{slug}");
        exitCode.ShouldBe(0, string.Join('\n', findings));
        foreach (var check in (string[])["address", "clock", "key", "components", "gateway", "streams"])
        {
            findings.ShouldContain(f => f.StartsWith($"ok {check}: "), string.Join('\n', findings));
        }

        findings.ShouldContain(f => f.StartsWith($"ok servers: {slug} is healthy, looked at in ") && f.Contains(" ms, speaks 20"), string.Join('\n', findings));
    }

    [Fact]
    public async Task A_proxy_that_buffers_a_clock_that_is_wrong_and_a_key_that_is_none_are_found_with_what_to_do()
    {
        var steps = await shared.Get();
        await using var proxy = await OddProxy.Before(steps.Platform.Address);
        (proxy.Buffers, proxy.Ahead) = (true, TimeSpan.FromMinutes(3));

        var (exitCode, findings) = await Doctor(proxy.Address, steps.Platform.AdminKey);
        var (keyless, refused) = await Doctor(steps.Platform.Address, "mcpp_00000000_nobodys");

        (exitCode, keyless).ShouldBe((1, 1));
        findings.ShouldContain(f => f.StartsWith("failed streams: No event came within") && f.Contains("proxy_buffering off"));
        findings.ShouldContain(f => f.StartsWith("failed clock: ") && f.Contains("NTP"));
        refused.ShouldContain(f => f.StartsWith("failed key: ") && f.Contains("mcpp keys create"));
    }

    [Fact]
    public async Task Servers_that_are_away_and_programs_that_nobody_knows_are_found_with_what_to_do()
    {
        var steps = await shared.Get();
        var (away, nobody) = (Slug(), Slug());
        (await steps.Admin.Post("/api/v1/servers", new { slug = away, transport = "http", url = $"http://127.0.0.1:{Shell.FreePorts(1)[0]}/mcp", allow_private_address = true })).Expect(HttpStatusCode.Created);
        (await steps.Admin.Post("/api/v1/servers", new { slug = nobody, transport = "stdio", launcher = "no-such-launcher" })).Expect(HttpStatusCode.Created);
        try
        {
            var (exitCode, findings) = await Doctor(steps.Platform.Address, steps.Platform.AdminKey);

            exitCode.ShouldBe(0, "what is wrong with a server is no fault of the platform");
            findings.ShouldContain(f => f.StartsWith($"warning servers: {away} is unhealthy, looked at in ") && f.Contains("Is it running at that address"), string.Join('\n', findings));
            findings.ShouldContain(f => f.StartsWith($"warning servers: {nobody} is unhealthy") && f.Contains("operator's file"), string.Join('\n', findings));
            findings.ShouldContain(f => f.StartsWith("warning launchers: ") && f.Contains("no-such-launcher") && f.Contains(nobody), string.Join('\n', findings));
        }
        finally
        {
            await steps.Admin.Delete($"/api/v1/servers/{away}");
            await steps.Admin.Delete($"/api/v1/servers/{nobody}");
        }
    }

    /// <summary>Among the first: doctor looks at forty servers, and other scenarios have theirs on the same platform.</summary>
    private static string Slug() => $"aa{Guid.NewGuid():n}"[..12];

    /// <summary>Each finding as <c>verdict check: what -> fix</c>.</summary>
    internal static async Task<(int ExitCode, IReadOnlyList<string> Findings)> Doctor(Uri address, string key)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Repository.Mcpp, "doctor", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MCPP_URL"] = address.ToString(), ["MCPP_KEY"] = key },
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.WaitForExitAsync(deadline.Token);
        var text = await output;
        text.ShouldNotBeEmpty(await errors);
        return (process.ExitCode, [.. JsonNode.Parse(text)!["items"]!.AsArray().Select(f => $"{f!["verdict"]} {f["check"]}: {f["what"]} -> {f["fix"]}")]);
    }
}
