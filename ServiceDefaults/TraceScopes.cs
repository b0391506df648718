using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace McpPlatform.ServiceDefaults;

/// <summary>
/// The scopes of a log line, the trace it belongs to among them: <c>trace_id</c> and <c>span_id</c> of the span that runs when the line is written, in a request,
/// a consumer or a background job. Asked only when there is a line.
/// </summary>
internal sealed class TraceScopes : IExternalScopeProvider
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    public IDisposable Push(object? state) => _scopes.Push(state);

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span)
        {
            callback(new Trace(span.TraceId.ToHexString(), span.SpanId.ToHexString()), state);
        }

        _scopes.ForEachScope(callback, state);
    }

    private sealed class Trace(string traceId, string spanId) : IReadOnlyList<KeyValuePair<string, object>>
    {
        public int Count => 2;

        public KeyValuePair<string, object> this[int index] => index switch
        {
            0 => new("trace_id", traceId),
            1 => new("span_id", spanId),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
        {
            yield return this[0];
            yield return this[1];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => traceId;
    }
}
