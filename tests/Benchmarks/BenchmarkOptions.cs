using System.Globalization;
using McpPlatform.Benchmarks.Wire;

namespace McpPlatform.Benchmarks;

/// <summary>What to measure and for how long.</summary>
/// <param name="Slice">How long one path is measured before it is the next one's turn.</param>
/// <param name="Rounds">How often each path has its turn.</param>
/// <param name="MicroTime">How long one entry point is measured.</param>
/// <param name="Connections">With how many connections the paths are measured, one after the other.</param>
/// <param name="Eras">In which eras.</param>
internal sealed record BenchmarkOptions(
    bool Micro, bool Wire, TimeSpan Slice, int Rounds, TimeSpan WarmUp, TimeSpan MicroTime, IReadOnlyList<int> Connections, IReadOnlyList<Era> Eras)
{
    private const int Many = 10_000;
    private const int Fewer = 200;

    /// <summary>Variables for the gateway and the forwarder alike: to try out a setting of the runtime.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>With how many sessions the memory of one is measured; 0 = not at all.</summary>
    public int Sessions { get; init; }

    /// <summary>A description of an API, of whose tools sets are measured; null = they are not.</summary>
    public string? SetsOf { get; init; }

    /// <summary>How often the gateway is killed and started again.</summary>
    public int ColdStarts { get; init; } = 7;

    /// <summary>What keeps results costs and saves, over the wire.</summary>
    public bool Cache { get; init; }

    public const string Usage = """
        usage: McpPlatform.Benchmarks [--micro | --wire | --cache | --sessions | --sets FILE] [--smoke | --rounds N] [--connections N] [--modern | --legacy] [--set NAME=VALUE]...
        Default: everything; 1, 16 and 64 connections in both eras, 16 rounds of half a second per path. --smoke: once, briefly.
        --cache: the plain call without and with the cache, a hit and a miss, instead; with --set Gateway__Cache__Redis__Url=redis://… also a miss that looks there.
        --sessions: memory of 10000 idle sessions, and of streams, instead. With --smoke 200.
        --sets: memory and compile time of 200 tool sets, of the tools that an OpenAPI document becomes, instead (../shared/specs/15-github-30.json).
        --set: a variable for the gateway and the forwarder alike, to try out a setting of the runtime.
        """;

    public static bool TryParse(string[] args, out BenchmarkOptions options)
    {
        options = new BenchmarkOptions(true, true, TimeSpan.FromMilliseconds(500), 16, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), [1, 16, 64], Enum.GetValues<Era>());
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--smoke":
                    options = options with
                    {
                        Slice = TimeSpan.FromMilliseconds(200), Rounds = 1, WarmUp = TimeSpan.FromMilliseconds(200), MicroTime = TimeSpan.FromMilliseconds(50), Connections = [1, 16], ColdStarts = 1, Sessions = options.Sessions == 0 ? 0 : Fewer,
                    };
                    break;
                case "--micro":
                    options = options with { Wire = false };
                    break;
                case "--wire":
                    options = options with { Micro = false };
                    break;
                case "--cache":
                    options = options with { Micro = false, Wire = false, Cache = true };
                    break;
                case "--sessions":
                    options = options with { Micro = false, Wire = false, Sessions = options.Rounds == 1 ? Fewer : Many };
                    break;
                case "--sets" when i + 1 < args.Length:
                    options = options with { Micro = false, Wire = false, SetsOf = args[i + 1] };
                    i++;
                    break;
                case "--modern" or "--legacy":
                    options = options with { Eras = [args[i] == "--modern" ? Era.Modern : Era.Legacy] };
                    break;
                case "--connections" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections is > 0 and <= 1000:
                    options = options with { Connections = [connections] };
                    i++;
                    break;
                case "--set" when i + 1 < args.Length && args[i + 1].Split('=', 2) is [{ Length: > 0 } name, var value]:
                    options = options with { Environment = new Dictionary<string, string>(options.Environment) { [name] = value } };
                    i++;
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 1000:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                default:
                    return false;
            }
        }

        return options.Micro || options.Wire || options.Cache || options.Sessions > 0 || options.SetsOf is not null;
    }
}
