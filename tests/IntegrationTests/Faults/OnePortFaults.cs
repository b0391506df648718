using System.Net;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Two gateways behind one port, without anything in front of them: the kernel spreads connections over those that live.</summary>
[Collection(nameof(OneFaultAtATime))]
public sealed class OnePortFaults(OnePortPlatform shared) : IAsyncLifetime
{
    private Steps _steps = null!;

    public async ValueTask InitializeAsync() => _steps = await shared.Get();

    public async ValueTask DisposeAsync()
    {
        if (_steps?.Platform is DistributedPlatform platform)
        {
            platform.Release("gateway-2");
            await platform.WaitUntilHealthy();
        }
    }

    [Fact]
    public async Task A_session_goes_on_whichever_gateway_a_connection_reaches()
    {
        var endpoint = new Uri(_steps.Platform.Address, "/mcp");
        using var legacy = new LegacyCaller(endpoint, _steps.Platform.AdminKey);
        await legacy.ToolNames();

        // Each on a connection of its own: that all of them reach the same one of two happens once in half a million times.
        for (var i = 0; i < 20; i++)
        {
            using var again = legacy.At(endpoint);
            (await again.Request("tools/list")).Status.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Both_serve_and_when_one_dies_new_connections_reach_the_other()
    {
        var platform = (DistributedPlatform)_steps.Platform;
        // The listener of a gateway that has no snapshot yet answers 503; both must have one.
        await Until.True(async () => await Served(40) == (2, 0), TimeSpan.FromSeconds(30), () => "Only one gateway serves.");

        await platform.Hold("gateway-2");

        // What stood in the dead one's queue is reset; from then on nobody notices.
        await Until.True(async () => await Served(40) == (1, 0), TimeSpan.FromSeconds(10), () => "Connections still fail.");
        platform.Release("gateway-2");
        await Until.True(async () => await Served(40) == (2, 0), TimeSpan.FromSeconds(30), () => "The second gateway does not serve again.");
    }

    // How many gateways answered and how many calls failed, each call over a connection of its own.
    private async Task<(int Gateways, int Failed)> Served(int calls)
    {
        var (names, failed) = (new HashSet<string>(), 0);
        for (var i = 0; i < calls; i++)
        {
            using var api = new ApiClient(_steps.Platform.Address, _steps!.Platform.AdminKey);
            try
            {
                var answer = await api.Get("/api/v1/gateway/status");
                _ = answer.Status == HttpStatusCode.OK ? names.Add(answer.Json["gateway_id"]!.GetValue<string>()) : failed++ < 0;
            }
            catch (HttpRequestException)
            {
                failed++;
            }
        }

        return (names.Count, failed);
    }
}
