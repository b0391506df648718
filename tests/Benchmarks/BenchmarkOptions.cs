using System.Globalization;

namespace McpPlatform.Benchmarks;

/// <summary>What to measure and for how long.</summary>
/// <param name="Slice">How long one path is measured before it is the next one's turn.</param>
/// <param name="Rounds">How often each path has its turn.</param>
/// <param name="MicroTime">How long one entry point is measured.</param>
internal sealed record BenchmarkOptions(bool Micro, bool Wire, TimeSpan Slice, int Rounds, TimeSpan WarmUp, TimeSpan MicroTime)
{
    public const string Usage = "usage: McpPlatform.Benchmarks [--micro | --wire] [--smoke | --rounds N]   (default: both, 20 rounds of half a second per path; --smoke: once, briefly)";

    public static bool TryParse(string[] args, out BenchmarkOptions options)
    {
        options = new BenchmarkOptions(true, true, TimeSpan.FromMilliseconds(500), 20, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--smoke":
                    options = options with { Slice = TimeSpan.FromMilliseconds(250), Rounds = 1, WarmUp = TimeSpan.FromMilliseconds(250), MicroTime = TimeSpan.FromMilliseconds(50) };
                    break;
                case "--micro":
                    options = options with { Wire = false };
                    break;
                case "--wire":
                    options = options with { Micro = false };
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 1000:
                    options = options with { Rounds = rounds };
                    i++;
                    break;
                default:
                    return false;
            }
        }

        return options.Micro || options.Wire;
    }
}
