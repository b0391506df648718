using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp metrics</c>: what the gateway and the other services have measured, a line for each series. For the platform's operators.</summary>
internal static class MetricsCommand
{
    public static Command Create(CommandFactory factory)
    {
        var name = new Option<string?>("--name") { Description = "Only this metric, for example mcp.server.operation.duration", HelpName = "NAME" };
        return factory.Verb("metrics", "Show what the platform has measured (keys of the platform's operators)", async context =>
        {
            var answer = await context.Api.Get(Arguments.Query("/api/v1/admin/metrics", ("name", context.Get(name))), context.Cancellation);
            if (context.Print.IsJson)
            {
                context.Print.Json(answer);
                return ExitCode.Ok;
            }

            foreach (var away in answer!["origins"]!.AsArray().Where(o => o!["error"] is not null))
            {
                context.Print.Progress($"{away!["service"]}: {away["error"]}");
            }

            context.Print.List(
                new JsonObject { ["items"] = new JsonArray([.. answer["metrics"]!.AsArray().SelectMany(Rows)]) },
                "series",
                new("METRIC", "name"),
                new("SERVICE", "service"),
                new("ATTRIBUTES", "attributes"),
                new("VALUE", "value"),
                new("UNIT", "unit"),
                new("MEAN", "mean"));
            return ExitCode.Ok;
        }, name);
    }

    private static IEnumerable<JsonNode?> Rows(JsonNode? metric) => metric!["points"]!.AsArray().Select(point => new JsonObject
    {
        ["name"] = metric["name"]!.DeepClone(),
        ["unit"] = metric["unit"]!.DeepClone(),
        ["service"] = point!["service"]!.DeepClone(),
        ["attributes"] = string.Join(' ', point["attributes"]!.AsObject().Select(a => $"{a.Key}={a.Value}")),
        ["value"] = (point["value"] ?? point["count"])!.DeepClone(),
        ["mean"] = Mean(point),
    });

    /// <summary>Of a histogram that measured something; for others there is none.</summary>
    private static JsonNode? Mean(JsonNode point) => point["count"] is { } count && (long)count > 0
        ? (((double)point["sum"]!) / (long)count).ToString("G4", CultureInfo.InvariantCulture)
        : null;
}
