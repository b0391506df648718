using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Commands;

/// <summary>The options by which limits are set, alike for whatever has some. What is not given stays as it is.</summary>
internal static class LimitOptions
{
    public static Option<double?> Rate(string whose) => new("--rate") { Description = $"Requests per second {whose}, all gateways together (0: none of its own)", HelpName = "N" };

    public static Option<int?> Burst() => new("--burst") { Description = "Requests at once after a pause (default with --rate: a second's worth)", HelpName = "N" };

    public static Option<int?> MaxConcurrency() => new("--max-concurrency") { Description = "Calls under way at once at each gateway; others wait in turn (0: as the gateway's option says)", HelpName = "N" };

    public static Option<string[]> ToolRate() =>
        new("--tool-rate") { Description = "Calls per second of one tool, and how many at once: name=rate or name=rate/burst; may be given several times", HelpName = "TOOL=RATE" };

    /// <summary>As the API takes a rate; null when none is given, empty to take it away.</summary>
    public static JsonObject? Body(double? rate, int? burst) =>
        rate is null ? (burst is null ? null : throw CliException.Usage("--burst needs --rate.")) : rate is 0 ? [] : Arguments.Body(("rate", rate), ("burst", burst));

    /// <summary>Rates of tools by name; null when none is given.</summary>
    public static JsonObject? Body(string[] rates)
    {
        var tools = new JsonObject();
        foreach (var (tool, text) in Arguments.Pairs(rates, "--tool-rate"))
        {
            var parts = text!.GetValue<string>().Split('/');
            int? burst = null;
            if (parts.Length > 2 || !double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
                || (parts.Length == 2 && (burst = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null) is null))
            {
                throw CliException.Usage($"--tool-rate takes name=rate or name=rate/burst, and '{tool}={text}' is neither.");
            }

            tools[tool] = Arguments.Body(("rate", rate), ("burst", burst));
        }

        return tools.Count == 0 ? null : tools;
    }
}
