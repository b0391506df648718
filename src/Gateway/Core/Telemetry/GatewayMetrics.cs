using System.Diagnostics;
using System.Diagnostics.Metrics;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Caching;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Telemetry;

/// <summary>What the hot path measures. Names of tools and servers are bounded by the catalogs; a name that nobody has never becomes a label.</summary>
public static class GatewayMetrics
{
    public const string Name = "McpPlatform.Gateway";

    /// <summary>Of the histogram by stage.</summary>
    public const string StageDurationName = "mcpp.gateway.stage.duration";

    /// <summary>Of the histogram of what the gateway adds.</summary>
    public const string OverheadName = "mcpp.gateway.overhead";

    private static readonly Meter Meter = new(Name);

    /// <summary>Those that OpenTelemetry recommends for MCP, and finer ones below, where a gateway lives.</summary>
    private static readonly double[] OperationBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

    private static readonly double[] SessionBounds = [0.1, 1, 10, 60, 300, 900, 3600, 4 * 3600, 24 * 3600];

    /// <summary>Spans of calls; traced further to the upstream by its trace context.</summary>
    public static ActivitySource Source { get; } = new(Name);

    private static readonly Histogram<double> Duration = Histogram("mcp.server.operation.duration", "Duration of MCP requests as the gateway's clients see it.", OperationBounds);

    private static readonly Histogram<double> UpstreamDuration = Histogram("mcp.client.operation.duration", "Duration of attempts at upstream servers as the gateway sees it.", OperationBounds);

    private static readonly Histogram<double> SessionDuration = Histogram("mcp.server.session.duration", "Duration of the sessions of legacy clients.", SessionBounds);

    private static readonly Histogram<double> UpstreamSessionDuration = Histogram("mcp.client.session.duration", "How long connections to upstream servers stood.", SessionBounds);

    private static readonly Histogram<double> StageDuration = Histogram(StageDurationName, "Where the time of tool calls went; the stages of a call add up to its duration.", [.. StageTimes.Bounds]);

    private static readonly Histogram<double> Overhead = Histogram(OverheadName, "Duration of tool calls without the time at the upstream server.", [.. StageTimes.Bounds]);

    private static readonly Histogram<double> Searches = Histogram(
        "mcpp.gateway.search.duration", "Duration of searches in tool sets, by ranking and by how they came by the embedding of the query.", [.. StageTimes.Bounds]);

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("mcpp.gateway.rate_limited", "{request}", "Requests refused by a limit, by which one it was.");

    private static readonly Counter<long> FailedAttempts = Meter.CreateCounter<long>(
        "mcpp.gateway.attempts.failed", "{attempt}", "Attempts at upstreams that failed, by kind and by what followed.");

    private static readonly Counter<long> ContextTokens = Meter.CreateCounter<long>(
        "mcpp.gateway.context_tokens", "{token}", "What clients were given of tools' definitions, in tokens of a model's context (estimated).");

    private static readonly Counter<long> ContextTokensSaved = Meter.CreateCounter<long>(
        "mcpp.gateway.context_tokens.saved", "{token}", "What lists of tool sets left out because their tools are found by searching (estimated).");

    private static readonly Counter<long> CacheUses = Meter.CreateCounter<long>("mcpp.gateway.cache.requests", "{request}", "Requests whose answer could be kept, by how they came by it (hit, coalesced, miss) and from where (memory, shared, server).");

    private static readonly Counter<long> RepairedTools = Meter.CreateCounter<long>("mcpp.gateway.tools.repaired", "{tool}", "Definitions of tools that clients get in a repaired form, each once.");

    private static readonly Counter<long> OmittedTools = Meter.CreateCounter<long>(
        "mcpp.gateway.tools.omitted", "{tool}", "Tools that lists left out because the client's profile takes no more, by profile.");

    /// <summary>What the two histograms by stage say, unless somebody listens to them directly.</summary>
    public static StageTimes Stages { get; } = new(Stopwatch.Frequency);

    internal static void AttemptFailed(CallFailure failure, in Step next) => FailedAttempts.Add(
        1,
        new KeyValuePair<string, object?>("error.type", failure.Code),
        new KeyValuePair<string, object?>("mcpp.next", next.Kind == StepKind.Stop ? next.Reason.Name() : next.Kind.ToString().ToLowerInvariant()));

    /// <summary>An attempt at an endpoint is over.</summary>
    /// <param name="failure">Code of why it was not answered; null when it was.</param>
    internal static void AttemptEnded(string method, EndpointRoute endpoint, string? failure, TimeSpan elapsed)
    {
        if (!UpstreamDuration.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { "mcp.method.name", method },
            { "mcpp.server", endpoint.Server.Slug },
            { "network.transport", endpoint.IsProcess ? "pipe" : "tcp" },
        };
        if (failure is not null)
        {
            tags.Add("error.type", failure);
        }

        UpstreamDuration.Record(elapsed.TotalSeconds, tags);
    }

    /// <summary>A request to a server is answered, or given up: its answer is with the socket.</summary>
    /// <param name="now">The end of what it was at.</param>
    public static void CallEnded(ToolCall call, long now)
    {
        call.Times.End(now);
        var end = call.End;
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

        Duration.Record(Seconds(call.Times.Total), tags);
        if (call.Method != McpMethods.CallTool)
        {
            return;
        }

        Stages.Record(call.Times);
        if (StageDuration.Enabled)
        {
            Tell(call.Times);
        }
    }

    /// <summary>A request other than a call was answered.</summary>
    public static void Answered(string method, TimeSpan elapsed) => Duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("mcp.method.name", method));

    /// <summary>A client was given definitions of tools.</summary>
    /// <param name="how"><c>list</c>, <c>search</c> or <c>describe</c>.</param>
    /// <param name="saved">Tokens that the list would have had more without disclosure.</param>
    public static void ContextRead(ServerRoute? server, ToolSetRoute? set, string how, int bytes, int saved)
    {
        var view = new KeyValuePair<string, object?>("mcpp.view", set is not null ? "set" : server is not null ? "server" : "all");
        ContextTokens.Add(TokenEstimate.Of(bytes), view, new("mcpp.disclosure", how), new("mcpp.set", set?.Slug ?? ""));
        if (saved > 0)
        {
            ContextTokensSaved.Add(saved, new KeyValuePair<string, object?>("mcpp.set", set?.Slug ?? ""));
        }
    }

    /// <summary>Tools of a set were searched for.</summary>
    /// <param name="embedding">How the vector of the query was come by, or why there is none.</param>
    internal static void Searched(string ranking, string embedding, TimeSpan elapsed) =>
        Searches.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("mcpp.ranking", ranking), new KeyValuePair<string, object?>("mcpp.embedding", embedding));

    /// <summary>Clients get a definition in a repaired form.</summary>
    internal static void ToolRepaired() => RepairedTools.Add(1);

    /// <summary>A list left tools out, since such clients take no more.</summary>
    internal static void Omitted(string profile, int count) => OmittedTools.Add(count, new KeyValuePair<string, object?>("mcpp.profile", profile));

    /// <summary>A request was refused because of a limit.</summary>
    public static void Limited(LimitKind limit) => Refusals.Add(1, new KeyValuePair<string, object?>("mcpp.limit", limit.Name()));

    /// <summary>A request whose answer could be kept came by it.</summary>
    internal static void Cached(CacheUse use, bool isFromShared) =>
        CacheUses.Add(1, new KeyValuePair<string, object?>("mcpp.cache", use.Name()), new KeyValuePair<string, object?>("mcpp.cache.level", use == CacheUse.Miss ? "server" : isFromShared ? "shared" : "memory"));

    /// <summary>A legacy client's session is over.</summary>
    public static void SessionEnded(ProtocolVersion version, TimeSpan elapsed) =>
        SessionDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("mcp.protocol.version", version.Text));

    /// <summary>A connection to a server that stood is closed.</summary>
    public static void ConnectionEnded(bool isProcess, TimeSpan elapsed) =>
        UpstreamSessionDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("network.transport", isProcess ? "pipe" : "tcp"));

    /// <summary>For listeners that need each value, as exporters do.</summary>
    private static void Tell(in CallTimes times)
    {
        for (var i = 0; i < CallStages.Count; i++)
        {
            StageDuration.Record(Seconds(times[(CallStage)i]), new KeyValuePair<string, object?>("mcpp.stage", CallStages.Names[i]));
        }

        Overhead.Record(Seconds(times.Total - times[CallStage.Upstream]));
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private static Histogram<double> Histogram(string name, string description, double[] bounds) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
