using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Limits;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Telemetry;

/// <summary>What the hot path measures. Names of tools and servers are bounded by the catalogs; a name that nobody has never becomes a label.</summary>
public static class GatewayMetrics
{
    public const string Name = "McpPlatform.Gateway";

    private static readonly Meter Meter = new(Name);

    /// <summary>Spans of calls; traced further to the upstream by its trace context.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "mcp.server.operation.duration",
        "s",
        "Duration of MCP requests as the gateway's clients see it.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300] });

    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("mcpp.gateway.calls", "{call}", "Tool calls by outcome.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("mcpp.gateway.rate_limited", "{request}", "Requests refused by a limit, by which one it was.");

    private static readonly Counter<long> FailedAttempts = Meter.CreateCounter<long>(
        "mcpp.gateway.attempts.failed", "{attempt}", "Attempts at upstreams that failed, by kind and by what followed.");

    internal static void AttemptFailed(CallFailure failure, in Step next) => FailedAttempts.Add(
        1,
        new KeyValuePair<string, object?>("error.type", failure.Code),
        new KeyValuePair<string, object?>("mcpp.next", next.Kind == StepKind.Stop ? next.Reason.Name() : next.Kind.ToString().ToLowerInvariant()));

    internal static void CallEnded(ToolCall call, CallEnd end, TimeSpan elapsed)
    {
        var tags = new TagList
        {
            { "mcp.method.name", call.Method },
            { "mcpp.server", call.Route?.Slug ?? "" },
            { "gen_ai.tool.name", call.Tool?.Name ?? "" },
            { "mcpp.status", end.Status },
        };
        if (end.Code is not null)
        {
            tags.Add("error.type", end.Code);
        }

        Duration.Record(elapsed.TotalSeconds, tags);
        Calls.Add(1, tags);
    }

    /// <summary>A request other than a call was answered.</summary>
    public static void Answered(string method, TimeSpan elapsed) => Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("mcp.method.name", method));

    /// <summary>A request was refused because of a limit.</summary>
    public static void Limited(LimitKind limit) => Refusals.Add(1, new KeyValuePair<string, object?>("mcpp.limit", limit.Name()));
}
