using System.Globalization;

namespace McpPlatform.Benchmarks.Wire;

/// <summary>
/// <c>tools/call</c> through gateways to the same upstream: without a cache, with one where nothing is declared, kept results, and results that are not kept yet. The paths take turns, as in
/// <see cref="WireBenchmark"/>: read the ratios.
/// </summary>
internal static class CacheBenchmark
{
    private const string Redis = "Gateway__Cache__Redis__Url";

    /// <summary>Returns the exit code: 1 when a party did not start or an answer was wrong.</summary>
    public static async Task<int> Run(BenchmarkOptions options)
    {
        try
        {
            var (upstream, upstreamAddress) = await Child.Serve(["upstream"]);
            using var upstreamChild = upstream;
            await using var control = new ControlPlane();
            await control.Start(new Uri(upstreamAddress, "/mcp"), kept: true);
            var plain = options.Environment.Where(variable => variable.Key != Redis).ToDictionary();
            using var off = await GatewayProcess.Start(control.Address, new Dictionary<string, string>(plain) { ["Gateway__Cache__MaxBytes"] = "0" });
            using var on = await GatewayProcess.Start(control.Address, plain);
            var shared = new Dictionary<string, string>(options.Environment) { ["MCPP_MASTER_KEY"] = new('k', 64) };
            using var far = options.Environment.ContainsKey(Redis) ? await GatewayProcess.Start(control.Address, shared) : null;

            // With no room of its own, each of its hits comes from there.
            using var forgetful = far is null ? null : await GatewayProcess.Start(control.Address, new Dictionary<string, string>(shared) { ["Gateway__Cache__MaxBytes"] = "1" });
            foreach (var connections in options.Connections)
            {
                await Compare(options, connections, off, on, far, forgetful);
            }

            return 0;
        }
        catch (Exception failed) when (failed is InvalidOperationException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Not measured: {failed.Message}");
            return 1;
        }
    }

    private static async Task Compare(BenchmarkOptions options, int connections, GatewayProcess off, GatewayProcess on, GatewayProcess? far, GatewayProcess? forgetful)
    {
        List<(CallPathClient Path, GatewayProcess Gateway)> paths =
        [
            (new("no cache", off.Endpoint, "bench__echo", Era.Modern, connections), off),
            (new("not declared", on.Endpoint, "bench__echo", Era.Modern, connections), on),
            (new("hit", on.Endpoint, "kept__echo", Era.Modern, connections), on),
            (new("miss", on.Endpoint, "kept__echo", Era.Modern, connections, varies: true), on),
        ];
        if (far is not null && forgetful is not null)
        {
            paths.Add((new("miss, Redis", far.Endpoint, "kept__echo", Era.Modern, connections, varies: true), far));
            paths.Add((new("hit, Redis", forgetful.Endpoint, "kept__echo", Era.Modern, connections), forgetful));
            using var first = new CallPathClient("first", far.Endpoint, "kept__echo", Era.Modern, 1);
            await first.Run(options.WarmUp, keep: false);
        }

        foreach (var (path, _) in paths)
        {
            await path.Run(options.WarmUp, keep: false);
        }

        var spent = paths.ConvertAll(_ => new Measuring.Spending(TimeSpan.Zero, 0));
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var turn = 0; turn < paths.Count; turn++)
            {
                var at = (round + turn) % paths.Count;
                var before = await paths[at].Gateway.Spent();
                await paths[at].Path.Run(options.Slice, keep: true);
                var taken = await paths[at].Gateway.Spent() - before;
                spent[at] = new(spent[at].Processor + taken.Processor, spent[at].Allocated + taken.Allocated);
            }
        }

        Console.WriteLine();
        Console.WriteLine($"2026-07-28, {connections} connection{(connections == 1 ? "" : "s")}; {options.Rounds} x {options.Slice.TotalSeconds:0.##} s per path, in turn");
        Console.WriteLine("  path           p50 ms   p95 ms   calls/s   cpu us/call   bytes/call |  x no cache: p50   calls/s");
        var plain = paths[0].Path.Samples;
        for (var i = 0; i < paths.Count; i++)
        {
            var samples = paths[i].Path.Samples;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {paths[i].Path.Name,-12} {samples.Percentile(0.5),8:0.000} {samples.Percentile(0.95),8:0.000} {samples.PerSecond,9:0} {spent[i].Processor.TotalMicroseconds / samples.Count,13:0.0} {(double)spent[i].Allocated / samples.Count,12:0} | {samples.Percentile(0.5) / plain.Percentile(0.5),16:0.00} {samples.PerSecond / plain.PerSecond,9:0.00}"));
            paths[i].Path.Dispose();
        }
    }
}
