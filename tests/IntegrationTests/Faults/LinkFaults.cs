using Shouldly;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>Cables are pulled under load: what is sent is never seen, and nobody is told. Mended, all of it works again by itself.</summary>
public sealed class LinkFaults(LinkedPlatform faulty) : IClassFixture<LinkedPlatform>
{
    /// <summary>Longer than any request of ours to another service waits at most without being cancelled, and than two snapshots.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("policy")]
    [InlineData("registry")]
    [InlineData("tracing")]
    [InlineData("gateway")]
    [InlineData("factory")]
    [InlineData("postgres")]
    [InlineData("rabbitmq")]
    public async Task Calls_do_not_notice_that_a_part_cannot_be_reached(string part)
    {
        var seen = await faulty.Break(async load =>
        {
            faulty.Platform.Links[part].Cut();
            await Task.Delay(Outage, TestContext.Current.CancellationToken);
            await load.MoreCalls(50);
            faulty.Platform.Links[part].Mend();
        });

        seen.Failed.ShouldBeEmpty();
        seen.Retried.ShouldBe(0, "no call met the gap");
    }
}
