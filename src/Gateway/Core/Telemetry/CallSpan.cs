using System.Diagnostics;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Telemetry;

/// <summary>
/// The span of a call, named by its method. Its parent is the context in the message (<c>_meta.traceparent</c>), which names who made the call; without one, the HTTP request that
/// carried it. A context that is malformed is none.
/// </summary>
internal static class CallSpan
{
    /// <summary>
    /// Starts it. Null: the span that runs already stands for the call, because nobody listens and its trace is the right one; nothing is allocated then.
    /// </summary>
    public static Activity? Start(string method, in RequestMeta meta)
    {
        if (meta.TraceParent is not { } text || !ActivityContext.TryParse(text, State(meta), isRemote: true, out var parent))
        {
            // Messages of a WebSocket have no request of their own, and so no trace yet.
            return GatewayMetrics.Source.StartActivity(method, ActivityKind.Server) ?? (Activity.Current is null ? new Activity(method).Start() : null);
        }

        var carrier = Activity.Current;
        var links = carrier is { IsAllDataRequested: true } ? new ActivityLink[] { new(carrier.Context) } : null;
        return GatewayMetrics.Source.StartActivity(method, ActivityKind.Server, parent, links: links)
            ?? (carrier?.TraceId == parent.TraceId ? null : Unheard(method, parent));
    }

    // The trace must go on to the upstream and into the record also when nobody exports it.
    private static Activity Unheard(string method, in ActivityContext parent) =>
        new Activity(method) { TraceStateString = parent.TraceState }.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();

    private static string? State(in RequestMeta meta) => JsonMembers.Text(JsonMembers.Find(meta.Raw, "tracestate"u8));
}
