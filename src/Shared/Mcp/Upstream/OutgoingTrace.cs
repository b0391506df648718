using System.Diagnostics;

namespace McpPlatform.Mcp.Upstream;

/// <summary>The trace context that goes to an upstream: that of the span which runs now. W3C Trace Context; no baggage.</summary>
/// <param name="Parent">Null when there is no span.</param>
/// <param name="State">Null when there is none, or one longer than everybody must pass on.</param>
internal readonly record struct OutgoingTrace(string? Parent, string? State)
{
    /// <summary>512 characters (W3C Trace Context §3.3.1.5).</summary>
    private const int MaxStateLength = 512;

    public static OutgoingTrace Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } span ? new(id, Sound(span.TraceStateString)) : default;

    private static string? Sound(string? state) =>
        state is { Length: > 0 and <= MaxStateLength } && !state.AsSpan().ContainsAnyExceptInRange(' ', '~') ? state : null;
}
