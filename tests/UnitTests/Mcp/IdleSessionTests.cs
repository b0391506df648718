using Shouldly;
using Xunit;

namespace McpPlatform.UnitTests.Mcp;

/// <summary>What it costs to keep a session that nobody uses.</summary>
[Collection<WholeProcess>]
public sealed class IdleSessionTests
{
    [Fact]
    public async Task An_idle_session_takes_less_than_ten_kilobytes()
    {
        await using var host = await McpTestHost.Start(options => options);
        await host.OpenSession();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 500; i++)
        {
            await host.OpenSession();
        }

        ((GC.GetTotalMemory(forceFullCollection: true) - before) / 500).ShouldBeLessThan(10_000);
        host.Endpoint.SessionCount.ShouldBe(501);
    }
}
