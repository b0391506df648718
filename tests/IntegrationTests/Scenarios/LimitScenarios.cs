using System.Diagnostics;
using System.Net;
using McpPlatform.IntegrationTests.Platform;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Limits are settings, hold over the wire, and are checked at the start.</summary>
public sealed class LimitScenarios : IAsyncLifetime
{
    private StandalonePlatform _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await StandalonePlatform.Create(new Dictionary<string, string>
    {
        ["Gateway__RequestsPerSecond"] = "2",
        ["Gateway__Burst"] = "3",
        ["Limits__RequestsPerSecond"] = "10",
        ["Limits__Burst"] = "5",
        ["Limits__MaxBodyBytes"] = "2048",
    });

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Over_its_rate_a_key_gets_429_with_a_time_to_wait_and_works_again_afterwards()
    {
        using var caller = new ModernCaller(new Uri(_platform.Address, "/mcp"), _platform.AdminKey);
        var answers = new List<McpAnswer>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(await caller.Request("tools/list"));
        }

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBeInRange(3, 6);
        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        refused.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        refused.Text.ShouldContain("rate_limited");
        await Until.True(async () => (await caller.Request("tools/list")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_management_api_has_a_rate_of_its_own()
    {
        using var api = new ApiClient(_platform.Address, _platform.AdminKey);
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 60; i++)
        {
            answers.Add(await api.Get("/api/v1/keys"));
        }

        var refused = answers.First(a => a.Status != HttpStatusCode.OK);
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.TooManyRequests, "rate_limited"));
        refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
    }

    [Fact]
    public async Task The_body_limit_is_the_one_that_was_set()
    {
        using var caller = new ModernCaller(new Uri(_platform.Address, "/mcp"), _platform.AdminKey);
        using var api = new ApiClient(_platform.Address, _platform.AdminKey);
        var large = new string('x', 3000);

        (await caller.PostRaw($$"""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"{{large}}"} }""")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var refused = await api.Post("/api/v1/policies", new { name = "large", description = large, grants = Array.Empty<object>() });
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "request.too_large"));
    }

    [Theory]
    [InlineData("Gateway__Burst", "0")]
    [InlineData("Limits__MaxBodyBytes", "1")]
    [InlineData("Tracing__Retention", "00:00:01")]
    [InlineData("MCPP_MASTER_KEY", "short")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_and_is_named(string name, string value)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Standalone, "--port", "1", "--data", Path.Combine(_platform.DataFolder, "wrong")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var service in (string[])["policy", "registry", "factory", "tracing"])
        {
            start.Environment[$"ConnectionStrings__{service}db"] = _platform.RuntimeConnection(service);
        }

        start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);

        process.ExitCode.ShouldBe(1, $"{await output}{errors}");
        errors.ShouldContain("Cannot start");
        errors.ShouldContain(name.Split("__")[^1]);
    }
}
