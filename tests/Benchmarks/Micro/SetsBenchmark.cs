using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Gateway.State;
using McpPlatform.Packs;

namespace McpPlatform.Benchmarks.Micro;

/// <summary>
/// What tool sets cost a gateway that holds them: 200 of one large server, whose tools are those of a real description. Bytes held by the compiled state beyond the same one without sets, and the time to
/// compile the first snapshot, and one in which another server changed.
/// </summary>
internal static class SetsBenchmark
{
    private const int Sets = 200;
    private const int Runs = 5;

    public static int Run(string description)
    {
        if (!File.Exists(description))
        {
            Console.Error.WriteLine($"There is no {description}.");
            return 2;
        }

        var recipe = new PackRecipe("bench.pack", "api", "1.0.0", new Selection(), ["https://api.example.com"], []);
        var pack = new PackCompiler(new SourceLimits()).Compile(File.ReadAllBytes(description), recipe).Value.Pack;
        ToolDefinition[] tools = [.. JsonElement.Parse(ToolListing.Write(pack)).GetProperty("tools").EnumerateArray().Select(tool =>
            new ToolDefinition(tool.GetProperty("name").GetString()!, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tool.GetRawText()))), tool))];
        Console.WriteLine($"{Sets} sets of a server with {tools.Length} tools, {tools.Sum(tool => (long)tool.Definition.GetRawText().Length) / 1024} KiB of definitions");
        Console.WriteLine("each set                                        MiB held   first, ms   other server changed, ms");
        var all = new SetMember("api");
        SetOverride[] changes = [.. tools.Take(20).Select((tool, i) => new SetOverride("api", tool.Name, Rename: $"mine_{i}", Description: "Another description of it."))];
        var without = Measure(tools, null);
        Print("none", without, 0);
        Print("everything", Measure(tools, new ToolSetTerms("Set", "", null, [all])), without.Bytes);
        Print("everything under own names", Measure(tools, new ToolSetTerms("Set", "", null, [all], Naming: ToolSetNaming.Own)), without.Bytes);
        Print("everything, found by searching", Measure(tools, new ToolSetTerms("Set", "", null, [all], Disclosure: ToolSetDisclosure.On)), without.Bytes);
        Print("everything, searched, 20 tools otherwise", Measure(tools, new ToolSetTerms("Set", "", null, [all], changes, Disclosure: ToolSetDisclosure.On)), without.Bytes);
        Print("one tool in ten", Measure(tools, new ToolSetTerms("Set", "", null, [new SetMember("api", Tools: [.. tools.Where((_, i) => i % 10 == 0).Select(tool => tool.Name)])])), without.Bytes);
        return 0;
    }

    private static (long Bytes, double First, double Next) Measure(ToolDefinition[] tools, ToolSetTerms? terms)
    {
        var (first, next) = (new List<double>(), new List<double>());
        var held = 0L;
        for (var run = 0; run < Runs; run++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var state = Compile(1, tools, terms, RegistryState.Empty, first);
            held = GC.GetTotalMemory(forceFullCollection: true) - before;
            var after = Compile(2, tools, terms, state, next);
            GC.KeepAlive(state);
            GC.KeepAlive(after);
        }

        return (held, first.Order().ElementAt(Runs / 2), next.Order().ElementAt(Runs / 2));
    }

    /// <summary>From a snapshot that was read anew, as each one is.</summary>
    private static RegistryState Compile(int version, ToolDefinition[] tools, ToolSetTerms? terms, RegistryState previous, List<double> times)
    {
        var sent = JsonSerializer.SerializeToUtf8Bytes(Snapshot(version, tools, terms), SnapshotJson.Default.RegistrySnapshot);
        var snapshot = JsonSerializer.Deserialize(sent, SnapshotJson.Default.RegistrySnapshot)!;
        var watch = Stopwatch.StartNew();
        var state = RegistryState.Compile(snapshot, previous);
        times.Add(watch.Elapsed.TotalMilliseconds);
        return state;
    }

    private static RegistrySnapshot Snapshot(int version, ToolDefinition[] tools, ToolSetTerms? terms)
    {
        var scenery = Scenery.Registry(new Uri("http://127.0.0.1:1/mcp"), servers: 2, toolsEach: 10);
        return scenery with
        {
            Version = version,
            Servers = [scenery.Servers[0] with { Slug = "api", Tools = tools }, scenery.Servers[1] with { Environment = $"turn-{version}" }],
            ToolSets = terms is null ? null : [.. Enumerable.Range(0, Sets).Select(i => new ToolSetEntry(new Guid(i, 0, 0, new byte[8]), Scenery.Tenant, $"set-{i}", 1, terms))],
        };
    }

    private static void Print(string what, (long Bytes, double First, double Next) measured, long without) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what,-46} {(measured.Bytes - without) / 1048576.0,9:0.0} {measured.First,11:0} {measured.Next,26:0.0}"));
}
