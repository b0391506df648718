using System.Diagnostics;

namespace McpPlatform.ServiceDefaults;

/// <summary>
/// W3C trace context as this platform takes it from outside and sends it between its processes. What is malformed counts as absent, so that a new trace begins;
/// baggage is neither taken nor sent, since it is the caller's own and would reach whoever we call.
/// </summary>
public sealed class TraceContext : DistributedContextPropagator
{
    /// <summary>512 characters: what W3C Trace Context (§3.3.1.5) asks everybody to pass on, and no more.</summary>
    public const int MaxStateLength = 512;

    private const string Parent = "traceparent";
    private const string State = "tracestate";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Fields { get; } = [Parent, State];

    /// <summary>
    /// Has every request and every message of this process belong to a trace, also when nobody exports spans: ids in logs, in call records and towards others do
    /// not depend on an exporter.
    /// </summary>
    public static ActivityListener Always() => new()
    {
        ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or "MassTransit",
        Sample = static (ref _) => ActivitySamplingResult.PropagationData,
        SampleUsingParentId = static (ref _) => ActivitySamplingResult.PropagationData,
    };

    /// <inheritdoc/>
    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is null || activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return;
        }

        setter(carrier, Parent, id);
        if (Sound(activity.TraceStateString) is { } state)
        {
            setter(carrier, State, state);
        }
    }

    /// <inheritdoc/>
    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        (traceId, traceState) = (null, null);
        if (getter is null)
        {
            return;
        }

        getter(carrier, Parent, out var parent, out _);
        if (ActivityContext.TryParse(parent, null, isRemote: true, out _))
        {
            getter(carrier, State, out var state, out _);
            (traceId, traceState) = (parent, Sound(state));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;

    private static string? Sound(string? state) =>
        state is { Length: > 0 and <= MaxStateLength } && !state.AsSpan().ContainsAnyExceptInRange(' ', '~') ? state : null;
}
