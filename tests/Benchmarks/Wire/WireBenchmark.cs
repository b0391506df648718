using System.Globalization;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>
/// <c>tools/call</c> to the same upstream by three paths: direct, through the bare forwarder, through the gateway. The paths take turns within one run, so that
/// whatever else the machine does meets all of them: read the ratios, not the milliseconds.
/// </summary>
internal static class WireBenchmark
{
    /// <summary>Returns the exit code: 1 when a party did not start or an answer was wrong.</summary>
    public static async Task<int> Run(BenchmarkOptions options)
    {
        try
        {
            var (upstream, upstreamAddress) = await Child.Serve(["upstream"]);
            using var upstreamChild = upstream;
            var target = new Uri(upstreamAddress, "/mcp");
            using var forwarder = await ForwarderProcess.Start(target, options.Environment);
            await using var control = new ControlPlane();
            await control.Start(target);
            using var gateway = await GatewayProcess.Start(control.Address, options.Environment);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"tools/call, {Environment.ProcessorCount} cores shared by client, upstream, forwarder and gateway; {options.Rounds} x {options.Slice.TotalSeconds:0.##} s per path, in turn"));
            var resident = await Catalog.Connect(gateway);
            await WarmUp(options, target, forwarder, gateway);
            foreach (var era in options.Eras)
            {
                foreach (var connections in options.Connections)
                {
                    await Compare(options, era, connections, target, forwarder, gateway);
                }
            }

            await Catalog.Measure(options, gateway, resident);
            await Catalog.MeasureColdStart(options, gateway);
            return 0;
        }
        catch (Exception failed) when (failed is InvalidOperationException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Not measured: {failed.Message}");
            return 1;
        }
    }

    /// <summary>Until everything is compiled as it will stay: the runtime does that in the background, in steps, and the more code there is the longer it takes.</summary>
    private static async Task WarmUp(BenchmarkOptions options, Uri direct, ForwarderProcess forwarder, GatewayProcess gateway)
    {
        foreach (var era in options.Eras)
        {
            using var one = new CallPathClient("direct", direct, "echo", era, 16);
            using var two = new CallPathClient("forwarder", forwarder.Endpoint, "echo", era, 16);
            using var three = new CallPathClient("gateway", gateway.Endpoint, "bench__echo", era, 16);
            foreach (var (path, times) in new[] { (one, 1), (two, 2), (three, 5) })
            {
                await path.Open();
                await path.Run(options.WarmUp * times, keep: false);
            }
        }
    }

    private static async Task Compare(BenchmarkOptions options, Era era, int connections, Uri direct, ForwarderProcess forwarder, GatewayProcess gateway)
    {
        using var one = new CallPathClient("direct", direct, "echo", era, connections);
        using var two = new CallPathClient("forwarder", forwarder.Endpoint, "echo", era, connections);
        using var three = new CallPathClient("gateway", gateway.Endpoint, "bench__echo", era, connections);
        CallPathClient[] paths = [one, two, three];
        foreach (var path in paths)
        {
            await path.Open();
            await path.Run(options.WarmUp, keep: false);
        }

        var (forwarderBefore, gatewayBefore) = (await forwarder.Spent(), await gateway.Spent());
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < paths.Length; turn++)
            {
                // Another path begins each round: none always runs in the wake of the same one.
                await paths[(round + turn) % paths.Length].Run(options.Slice, keep: true);
            }
        }

        two.Samples.Spent = await forwarder.Spent() - forwarderBefore;
        three.Samples.Spent = await gateway.Spent() - gatewayBefore;
        Report(era, connections, paths);
    }

    private static void Report(Era era, int connections, CallPathClient[] paths)
    {
        Console.WriteLine();
        Console.WriteLine($"{(era == Era.Modern ? "2026-07-28" : "2025-11-25")}, {connections} connection{(connections == 1 ? "" : "s")}");
        Console.WriteLine("  path         p50 ms   p95 ms   p99 ms   calls/s   cpu us/call   bytes/call |  x forwarder: p50   calls/s |  p50 added us");
        var forwarder = paths[1].Samples;
        foreach (var path in paths)
        {
            var (samples, p50) = (path.Samples, path.Samples.Percentile(0.5));
            var (cpu, bytes) = samples.Spent is { } spent ? (spent.Processor.TotalMicroseconds / samples.Count, (double)spent.Allocated / samples.Count) : (double.NaN, double.NaN);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {path.Name,-10} {p50,8:0.000} {samples.Percentile(0.95),8:0.000} {samples.Percentile(0.99),8:0.000} {samples.PerSecond,9:0} {cpu,13:0.0} {bytes,12:0} | {p50 / forwarder.Percentile(0.5),17:0.00} {samples.PerSecond / forwarder.PerSecond,9:0.00} | {(p50 - forwarder.Percentile(0.5)) * 1000,13:0}"));
        }
    }
}
