using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace McpPlatform.IntegrationTests.Platform;

/// <summary>The platform's metrics at one moment, as JSON and as the Prometheus text of the same gateway.</summary>
internal sealed record MetricReading(JsonNode Json, string Text)
{
    /// <summary>What calls move, and nothing else does.</summary>
    private static readonly string[] OfCalls = ["mcp.server.operation.duration", "mcpp.gateway.stage.duration", "mcpp.gateway.overhead"];

    public static async Task<MetricReading> Of(ApiClient admin) => new(
        (await admin.Get("/api/v1/admin/metrics")).Expect(HttpStatusCode.OK).Json,
        (await admin.Get("/metrics")).Expect(HttpStatusCode.OK).Text);

    /// <summary>
    /// The metrics once all calls so far are in them, in both forms: what is measured of a call is written after its answer, and the forms are read one after the other. After five seconds
    /// whatever there is, as a difference then is one.
    /// </summary>
    public static async Task<MetricReading> Settled(ApiClient admin)
    {
        var (before, now) = (await Of(admin), await Of(admin));
        for (var deadline = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(5); !(now.Calls() == before.Calls() && now.Agrees()) && DateTimeOffset.UtcNow < deadline;)
        {
            (before, now) = (now, await Of(admin));
        }

        return now;
    }

    /// <summary>The sum of a member (<c>value</c>, <c>count</c> or <c>sum</c>) over all series that have these attributes; 0 when there is none.</summary>
    public double Sum(string name, string member, params (string Name, string Value)[] attributes) => Points(name, attributes).Sum(p => p[member]!.GetValue<double>());

    /// <summary>The value of the only series that has these attributes; null when there is none.</summary>
    public double? Value(string name, params (string Name, string Value)[] attributes) => Points(name, attributes).SingleOrDefault()?["value"]!.GetValue<double>();

    public IReadOnlyList<JsonNode> Points(string name, params (string Name, string Value)[] attributes) =>
    [
        .. (Json["metrics"]!.AsArray().FirstOrDefault(m => m!["name"]!.GetValue<string>() == name)?["points"]!.AsArray() ?? [])
            .Where(p => attributes.All(a => p!["attributes"]![a.Name]?.GetValue<string>() == a.Value))!,
    ];

    /// <summary>The same sum as the Prometheus text has it.</summary>
    /// <param name="name">As it is called there, with its unit and <c>_total</c>, <c>_count</c> or <c>_sum</c>.</param>
    public double Prometheus(string name, params (string Name, string Value)[] attributes) => Text.Split('\n')
        .Where(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal))
        .Where(line => attributes.All(a => line.Contains($"{a.Name.Replace('.', '_')}=\"{a.Value}\"", StringComparison.Ordinal)))
        .Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    private string Calls() => string.Join(' ', OfCalls.Select(name => $"{Sum(name, "count")}/{Sum(name, "sum"):R}"));

    private bool Agrees() => OfCalls.All(name => Sum(name, "count") == Prometheus($"{name.Replace('.', '_')}_seconds_count"));
}
