using McpPlatform.Benchmarks;
using McpPlatform.Benchmarks.Micro;
using McpPlatform.Benchmarks.Sessions;
using McpPlatform.Benchmarks.Wire;

if (args is ["serve", var role, .. var rest])
{
    return await Serving.Run(role, rest);
}

if (!BenchmarkOptions.TryParse(args, out var options))
{
    await Console.Error.WriteLineAsync(BenchmarkOptions.Usage);
    return 2;
}

if (options.Micro)
{
    await MicroBenchmark.Run(options);
}

if (options.SetsOf is { } description)
{
    return SetsBenchmark.Run(description);
}

if (options.Sessions > 0)
{
    return await SessionBenchmark.Run(options);
}

if (options.Cache)
{
    return await CacheBenchmark.Run(options);
}

return options.Wire ? await WireBenchmark.Run(options) : 0;
