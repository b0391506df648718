using System.Globalization;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>
/// <c>tools/call</c> to the same upstream by three paths: direct, through the bare forwarder, through the gateway. The paths take turns within one run, so that
/// whatever else the machine does meets all of them: read the ratios, not the milliseconds.
/// </summary>
internal static class WireBenchmark
{
    private static readonly int[] Connections = [1, 16];

    /// <summary>Returns the exit code: 1 when a party did not start or an answer was wrong.</summary>
    public static async Task<int> Run(BenchmarkOptions options)
    {
        try
        {
            var (upstream, upstreamAddress) = await Child.Serve("upstream");
            using var upstreamChild = upstream;
            var target = new Uri(upstreamAddress, "/mcp");
            var (forwarder, forwarderAddress) = await Child.Serve("forwarder", target.AbsoluteUri);
            using var forwarderChild = forwarder;
            await using var control = new ControlPlane();
            await control.Start(target);
            using var gateway = await GatewayProcess.Start(control.Address);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"tools/call, {Environment.ProcessorCount} cores shared by client, upstream, forwarder and gateway; {options.Rounds} x {options.Slice.TotalSeconds:0.##} s per path, in turn"));
            foreach (var era in Enum.GetValues<Era>())
            {
                foreach (var connections in Connections)
                {
                    await Compare(options, era, connections, target, new Uri(forwarderAddress, "/mcp"), new Uri(gateway.Address, "/mcp"));
                }
            }

            return 0;
        }
        catch (Exception failed) when (failed is InvalidOperationException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Not measured: {failed.Message}");
            return 1;
        }
    }

    private static async Task Compare(BenchmarkOptions options, Era era, int connections, Uri direct, Uri forwarder, Uri gateway)
    {
        using var one = new CallPathClient("direct", direct, "echo", era, connections);
        using var two = new CallPathClient("forwarder", forwarder, "echo", era, connections);
        using var three = new CallPathClient("gateway", gateway, "bench__echo", era, connections);
        CallPathClient[] paths = [one, two, three];
        foreach (var path in paths)
        {
            await path.Open();
            await path.Run(options.WarmUp, keep: false);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < paths.Length; turn++)
            {
                // Another path begins each round: none always runs in the wake of the same one.
                await paths[(round + turn) % paths.Length].Run(options.Slice, keep: true);
            }
        }

        Report(era, connections, paths);
    }

    private static void Report(Era era, int connections, CallPathClient[] paths)
    {
        Console.WriteLine();
        Console.WriteLine($"{(era == Era.Modern ? "2026-07-28" : "2025-11-25")}, {connections} connection{(connections == 1 ? "" : "s")}");
        Console.WriteLine("  path         p50 ms   p95 ms   p99 ms   calls/s |  x direct: p50   calls/s |  x forwarder: p50   calls/s");
        foreach (var path in paths)
        {
            var (p50, rate) = (path.Samples.Percentile(0.5), path.Samples.PerSecond);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {path.Name,-10} {p50,8:0.000} {path.Samples.Percentile(0.95),8:0.000} {path.Samples.Percentile(0.99),8:0.000} {rate,9:0} | {p50 / paths[0].Samples.Percentile(0.5),14:0.00} {rate / paths[0].Samples.PerSecond,9:0.00} | {p50 / paths[1].Samples.Percentile(0.5),17:0.00} {rate / paths[1].Samples.PerSecond,9:0.00}"));
        }
    }
}
