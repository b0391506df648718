using System.Globalization;
using McpPlatform.Benchmarks.Measuring;
using McpPlatform.Benchmarks.Wire;

namespace McpPlatform.Benchmarks.Sessions;

/// <summary>
/// What sessions and streams cost the gateway while nothing happens on them: memory after everything else was collected, before and after there are so many. Then all of it ends, and
/// what is left is told as well.
/// </summary>
internal static class SessionBenchmark
{
    private const string Everything = "/mcp";
    private const string Remembering = "/mcp/servers/remembering";
    private const string Call = """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"count","arguments":{}}}""";

    /// <summary>Returns the exit code: 1 when a party did not start or an answer was wrong.</summary>
    public static async Task<int> Run(BenchmarkOptions options)
    {
        try
        {
            var (upstream, upstreamAddress) = await Child.Serve(["upstream"]);
            using var upstreamChild = upstream;
            var (remembering, rememberingAddress) = await Child.Serve(["remembering"]);
            using var rememberingChild = remembering;
            await using var control = new ControlPlane();
            await control.Start(new Uri(upstreamAddress, "/mcp"), new Uri(rememberingAddress, "/mcp"));
            using var gateway = await GatewayProcess.Start(control.Address, options.Environment);
            using var clients = new LegacyClients(gateway.Address);
            await Measure(options, gateway, clients, new Uri(rememberingAddress, RememberingServer.Count));
            return 0;
        }
        catch (Exception failed) when (failed is InvalidOperationException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Not measured: {failed.Message}");
            return 1;
        }
    }

    private static async Task Measure(BenchmarkOptions options, GatewayProcess gateway, LegacyClients clients, Uri count)
    {
        var (idle, streams, upstream) = (options.Sessions, options.Sessions / 5, options.Sessions / 10);

        // What is made at the first use of anything is no part of what one costs.
        var first = await clients.Open(Math.Min(100, idle), Everything);
        await Parallel.ForEachAsync(first, async (session, _) => await clients.End(session));
        var empty = await gateway.Footprint();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"gateway with {Scenery.Servers} servers and no session: {Mega(empty.Resident)} MB resident, {Mega(empty.Heap)} MB of objects"));
        Console.WriteLine("what                                                        count   resident MB   objects MB   resident KB each   objects KB each");

        var sessions = await clients.Open(idle, Everything);
        var last = await Tell(gateway, "idle sessions, each has listed tools once", idle, empty);

        await Parallel.ForEachAsync(sessions.Take(streams), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) => await clients.Listen(session));
        last = await Tell(gateway, "GET streams, of as many of them", streams, last);

        await Parallel.ForAsync(0, streams, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await clients.Subscribe(Scenery.Other(1 + (i % 10)), Everything));
        last = await Tell(gateway, "subscriptions/listen", streams, last);

        clients.Leave();
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) => await clients.End(session));
        last = await Tell(gateway, "after the end of all of these (against the start)", 0, empty);

        sessions = await clients.Open(upstream, Remembering);
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) => await clients.Send(session, Call));
        var before = last;
        last = await Tell(gateway, "sessions with one at a server each", upstream, last);

        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) =>
        {
            await clients.Listen(session);
            await clients.Send(session, Call);
        });
        await Counted(count, $"{upstream} {upstream}");
        await Tell(gateway, "streams of these, with one of the server's each", upstream, last);

        clients.Leave();
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (session, _) => await clients.End(session));
        await Counted(count, "0 0");
        await Tell(gateway, "after the end of these (against before)", 0, before);
    }

    /// <summary>The server's own count of its sessions and streams, within 20 s.</summary>
    private static async Task Counted(Uri count, string expected)
    {
        using var http = new HttpClient();
        var (seen, deadline) = ("", DateTime.UtcNow.AddSeconds(20));
        while ((seen = await http.GetStringAsync(count)) != expected)
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new InvalidOperationException($"The server has {seen} sessions and streams instead of {expected}.");
            }

            await Task.Delay(100);
        }
    }

    private static async Task<Footprint> Tell(GatewayProcess gateway, string what, int count, Footprint before)
    {
        var after = await gateway.Footprint();
        var more = after - before;
        var each = count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{more.Resident / 1024.0 / count,18:0.0} {more.Heap / 1024.0 / count,17:0.0}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-55} {count,9} {Mega(more.Resident),13} {Mega(more.Heap),12} {each}   ({after.Sessions} sessions, {after.Handles} handles)"));
        return after;
    }

    private static string Mega(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
