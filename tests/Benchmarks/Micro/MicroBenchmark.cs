using System.Diagnostics;
using System.Globalization;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>Time and allocations of each public entry point of the hot path, alone and warm: what a call pays, part by part.</summary>
internal static class MicroBenchmark
{
    private const int Runs = 7;

    public static async Task Run(BenchmarkOptions options)
    {
        Console.WriteLine("entry point                                                            ns/op   bytes/op");
        await using var path = new HotPath();
        foreach (var (name, operation) in path.EntryPoints())
        {
            await Measure(name, operation, options.MicroTime);
        }

        Console.WriteLine();
    }

    private static async Task Measure(string name, Func<ValueTask> operation, TimeSpan time)
    {
        // Half the time again, so that the code is optimised (in the background, after 100 ms) and it is known how many operations fill one run.
        var watch = Stopwatch.StartNew();
        var operations = 0L;
        while (watch.Elapsed < time / 2 || operations < 50)
        {
            await operation();
            operations++;
        }

        var perRun = Math.Max(1, (long)(operations / watch.Elapsed.TotalSeconds * time.TotalSeconds / Runs));
        var nanoseconds = new double[Runs];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var run = 0; run < Runs; run++)
        {
            watch.Restart();
            for (var i = 0L; i < perRun; i++)
            {
                await operation();
            }

            nanoseconds[run] = watch.Elapsed.TotalNanoseconds / perRun;
        }

        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)(Runs * perRun);
        Array.Sort(nanoseconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-66} {nanoseconds[Runs / 2],10:0} {bytes,10:0}"));
    }
}
