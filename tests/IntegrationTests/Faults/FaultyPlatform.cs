using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Five services and two gateways that one class after the other fault breaks; every fault must leave it whole.</summary>
public abstract class FaultyPlatform(bool withLinks, int gateways = 2) : IAsyncLifetime
{
    /// <summary>Recovery is promised within 10 s of the cause's end; a machine that is busy with other tests gets more before it counts as never.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(90);

    private Steps? _steps;
    private Key? _denied;

    /// <summary>Environment of all processes.</summary>
    protected Dictionary<string, string> Settings { get; } = new()
    {
        ["Gateway__RequestsPerSecond"] = "10000",
        ["Gateway__Burst"] = "10000",
        ["Limits__RequestsPerSecond"] = "10000",
        ["Limits__Burst"] = "10000",
    };

    internal DistributedPlatform Platform => (DistributedPlatform)Steps.Platform;

    internal Steps Steps => _steps ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _steps = await Steps.With(await DistributedPlatform.Create(gateways, Settings, withLinks));
        _denied = await _steps.KeyWith(
            "denied",
            new { id = "no-delete", effect = "deny", actions = new[] { "tools:*" }, resources = new[] { "tool:up/delete_*" } },
            new { id = "up", effect = "allow", actions = new[] { "tools:*" }, resources = new[] { "tool:up/*" } });
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_steps is not null)
        {
            await _steps.DisposeAsync();
        }
    }

    /// <summary>Breaks something under load, waits until all works again, and balances the books. Returns what clients saw.</summary>
    /// <param name="fault">Breaks and mends; returns when the cause is gone.</param>
    internal async Task<Seen> Break(Func<Load, Task> fault)
    {
        await using var load = await Load.Start(Steps, _denied!);
        await fault(load);
        var mended = Stopwatch.StartNew();
        await Until.True(IsWhole, Recovery, () => $"It is not whole again.\n{string.Join('\n', Platform.Logs.Split('\n').Where(l => !l.Contains("\"Information\"", StringComparison.Ordinal)).TakeLast(30))}");
        TestContext.Current.TestOutputHelper?.WriteLine($"whole again {mended.Elapsed.TotalSeconds:0.0} s after the cause was gone; {load.Calls.Answered} calls answered, {load.Retried} tried again");
        await load.MoreCalls(40);
        await load.DisposeAsync();

        await load.Calls.Balance(Platform, Recovery);
        await BalanceChanges(load);
        load.Violations.ShouldBe(0, "a denied tool was called");
        return new Seen(load.Calls.Failed, load.Retried, mended.Elapsed);
    }

    /// <summary>Every part healthy, a change accepted, and the change known to every gateway.</summary>
    private async Task<bool> IsWhole()
    {
        try
        {
            foreach (var gateway in Platform.Gateways)
            {
                using var api = new ApiClient(gateway, Platform.AdminKey);
                var health = await api.Get("/health");
                if (health.Status != HttpStatusCode.OK || health.Json["status"]!.GetValue<string>() != "healthy")
                {
                    return false;
                }
            }

            using var admin = new ApiClient(Platform.Address, Platform.AdminKey);
            var made = await admin.Post("/api/v1/keys", new { name = $"after-{Guid.NewGuid():n}", roles = new[] { "admin" } });
            if (made.Status != HttpStatusCode.Created)
            {
                return false;
            }

            var key = made.Json["key"]!.GetValue<string>();
            await Steps.OnEveryGateway(async g => (await new ModernCaller(new Uri(g, "/mcp"), key).Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }

    private async Task BalanceChanges(Load load)
    {
        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await Steps.Admin.Get($"/api/v1/policies?limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Expect(HttpStatusCode.OK).Json;
            names.AddRange(page["items"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));
            cursor = page["next_cursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        load.Created.Except(names).ShouldBeEmpty("acknowledged changes that are lost");
        names.Count.ShouldBe(names.Distinct().Count(), "changes that took effect twice");
        foreach (var name in names.Where(n => n.StartsWith("made-", StringComparison.Ordinal)))
        {
            (await Steps.Admin.Delete($"/api/v1/policies/{name}")).Status.ShouldBeOneOf(HttpStatusCode.NoContent, HttpStatusCode.NotFound);
        }
    }

    /// <param name="Failed">Calls that failed for good.</param>
    /// <param name="Retried">Calls that failed at their first gateway.</param>
    /// <param name="Recovery">From the end of the cause until everything worked.</param>
    internal sealed record Seen(IReadOnlyCollection<string> Failed, int Retried, TimeSpan Recovery);
}

/// <summary>Everything that dies on the platform whose parts are started again: one after the other, each finds all of it.</summary>
[CollectionDefinition]
public sealed class Crashes : ICollectionFixture<CrashingPlatform>;

/// <summary>Its servers are those of <c>./run.sh --distributed</c>, which starts again what dies.</summary>
public sealed class CrashingPlatform() : FaultyPlatform(withLinks: false);

/// <summary>Its processes talk over links that can be cut.</summary>
public sealed class LinkedPlatform() : FaultyPlatform(withLinks: true);
