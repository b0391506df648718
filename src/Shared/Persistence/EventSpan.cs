using System.Diagnostics;

namespace McpPlatform.Persistence;

/// <summary>Continues the trace of what caused an event while the event is sent: the bus passes on whatever span runs then.</summary>
internal static class EventSpan
{
    private const string Name = "outbox";

    private static readonly ActivitySource Source = new("McpPlatform.Persistence");

    /// <summary>Starts it; null when the row knows no trace. It runs also when nobody listens, since consumers' log lines are to belong to the trace.</summary>
    public static Activity? Start(OutboxMessage row) =>
        !ActivityContext.TryParse(row.TraceParent, null, isRemote: true, out var cause) ? null
        : Source.StartActivity(Name, ActivityKind.Internal, cause) ?? new Activity(Name).SetParentId(cause.TraceId, cause.SpanId, cause.TraceFlags).Start();
}
