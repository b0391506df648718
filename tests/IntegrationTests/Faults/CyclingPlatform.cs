using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

namespace McpPlatform.IntegrationTests.Faults;

/// <summary>
/// One process at which sessions that nobody uses end soon, with a server of each era, <c>old</c> and <c>new</c> (tools <c>note</c>, <c>hang</c>, <c>ask</c>), and one, <c>own</c>, of which
/// each session has a process.
/// </summary>
public sealed class CyclingPlatform : IAsyncLifetime
{
    /// <summary>Finds the processes of <c>own</c>.</summary>
    internal string Run { get; } = $"run-{Guid.NewGuid():n}";

    internal StandalonePlatform Platform { get; private set; } = null!;

    internal Steps Steps { get; private set; } = null!;

    internal WireUpstream Legacy { get; private set; } = null!;

    internal WireUpstream Modern { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Platform = await StandalonePlatform.Create(new Dictionary<string, string>
        {
            ["Gateway__RequestsPerSecond"] = "1000000",
            ["Gateway__Burst"] = "1000000",
            ["Gateway__StopGrace"] = "00:00:00.3",
            ["Gateway__Sessions__IdleLimit"] = "00:00:02",
            ["Gateway__InputPatience"] = "00:00:10",
            ["Drain__Timeout"] = "00:00:01",
        });
        Steps = await Steps.With(Platform);
        (Legacy, Modern) = (await WireUpstream.Start(isModern: false), await WireUpstream.Start(isModern: true));
        foreach (var (slug, upstream) in (IEnumerable<(string, WireUpstream)>)[("old", Legacy), ("new", Modern)])
        {
            upstream.Tool("note", static _ => Task.FromResult("""{"content":[]}"""));
            upstream.Tool("hang", static async call =>
            {
                await call.Progress(1);
                return await call.Hang();
            });
            upstream.Tool("ask", static async call => $$"""{"content":[],"structuredContent":{{await call.Ask("q", "elicitation/create", """{"message":"?","requestedSchema":{"type":"object","properties":{}}}""")}} }""");
            await Steps.RegisterHttp(slug, upstream.Address);
        }

        await Steps.Register("own", new { transport = "stdio", launcher = "supervised", scope = "session", variables = new { RUN = Run } });
    }

    public async ValueTask DisposeAsync()
    {
        if (Steps is not null)
        {
            await Steps.DisposeAsync();
            await Legacy.DisposeAsync();
            await Modern.DisposeAsync();
        }
    }
}
