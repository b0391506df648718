using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using Npgsql;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Scenarios;

/// <summary>Things break; what was answered stays answered, and calls go on.</summary>
public abstract class FaultScenarios(HurtPlatform platform) : IAsyncLifetime
{
    private readonly Steps _steps = platform.Steps;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Whatever became of the scenario: the next one finds all of it.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _steps.Platform.StartDatabase();
        await _steps.Platform.Start();
    }

    [Fact]
    public async Task Records_of_answered_calls_survive_kill_9_under_load_each_once()
    {
        var answered = new ConcurrentBag<string>();
        var load = Enumerable.Range(0, 4).Select(_ => CallUntilItDies(answered)).ToArray();
        await Until.True(() => Task.FromResult(answered.Count > 200), TimeSpan.FromSeconds(30));

        await _steps.Platform.Kill();
        await Task.WhenAll(load);
        await _steps.Platform.Start();

        var expected = answered.ToHashSet();
        await Until.True(async () => expected.IsSubsetOf(await StoredMarkers()), TimeSpan.FromSeconds(30), () => $"{expected.Count} calls were answered; not all are stored.");
        var stored = await AllMarkers();
        stored.Length.ShouldBe(stored.Distinct().Count(), "each record is stored once");
    }

    [Fact]
    public async Task With_the_database_away_management_says_503_calls_go_on_and_everything_recovers()
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        var marker = $"during-{Guid.NewGuid():n}";

        await _steps.Platform.StopDatabase();

        (await caller.Call("up__echo", new JsonObject { ["text"] = marker })).ToolText.ShouldBe(marker);
        var refused = await _steps.Admin.Get("/api/v1/servers");
        (refused.Status, refused.ErrorCode).ShouldBe((HttpStatusCode.ServiceUnavailable, "storage_unavailable"));
        refused.Headers.ShouldContainKey("Retry-After");

        await _steps.Platform.StartDatabase();

        await Until.True(async () => (await _steps.Admin.Get("/api/v1/servers")).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(10));
        await _steps.RecordOf(marker);
    }

    [Fact]
    public async Task Started_without_its_database_the_gateway_serves_by_its_last_snapshot()
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        await caller.Call("up__echo", new JsonObject { ["text"] = "before" });
        await _steps.Platform.Kill();
        await _steps.Platform.StopDatabase();

        await _steps.Platform.Start(waitUntilHealthy: false);

        await Until.True(async () => await Works(caller), TimeSpan.FromSeconds(40));
        (await caller.ToolNames()).ShouldContain("up__echo");
        using var wrong = new ModernCaller(_steps.Mcp, "mcpp_00000000_wrong");
        (await wrong.Request("tools/list")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await _steps.Platform.StartDatabase();
    }

    private static async Task<bool> Works(McpCaller caller)
    {
        try
        {
            return (await caller.Call("up__echo", new JsonObject { ["text"] = "again" })).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Bounded: 5000 calls at most, whatever happens to the platform.
    private async Task CallUntilItDies(ConcurrentBag<string> answered)
    {
        using var caller = new ModernCaller(_steps.Mcp, _steps.Platform.AdminKey);
        for (var i = 0; i < 5000; i++)
        {
            var marker = $"m{Guid.NewGuid():n}";
            try
            {
                if ((await caller.Call("up__echo", new JsonObject { ["text"] = marker })).Status == HttpStatusCode.OK)
                {
                    answered.Add(marker);
                }
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private async Task<HashSet<string>> StoredMarkers() => [.. await AllMarkers()];

    private async Task<string[]> AllMarkers()
    {
        await using var source = NpgsqlDataSource.Create(_steps.Platform.RuntimeConnection("tracing"));
        await using var connection = await source.OpenConnectionAsync();
        await using (var all = new NpgsqlCommand("SELECT set_config('mcpp.tenant', '*', false)", connection))
        {
            await all.ExecuteNonQueryAsync();
        }

        await using var command = new NpgsqlCommand("SELECT substring(arguments from 'm[0-9a-f]{32}') FROM call_records WHERE arguments LIKE '%\"text\"%' AND arguments ~ 'm[0-9a-f]{32}'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var markers = new List<string>();
        while (await reader.ReadAsync())
        {
            markers.Add(reader.GetString(0));
        }

        return [.. markers];
    }
}
