using System.Collections;
using McpPlatform.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Hosting.Errors;

/// <summary>Gives each request an id of ours: in <c>X-Request-Id</c>, in errors and as a scope of every log line.</summary>
public static class RequestIds
{
    public const string Header = "X-Request-Id";

    /// <summary>The id of this request.</summary>
    public static string Of(HttpContext context) => context.TraceIdentifier;

    /// <param name="takesIds">Behind the edge: the id is the one that the edge gave, so that an error's id is found in every log.</param>
    internal static async Task Use(HttpContext context, RequestDelegate next, bool takesIds, TimeProvider clock, ILogger logger)
    {
        var id = takesIds && context.Request.Headers[Header] is [{ Length: 32 } given] && Guid.TryParseExact(given, "n", out _)
            ? given
            : TimeOrderedId.Create(clock.GetUtcNow()).ToString("n");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        using (logger.BeginScope(new Scope(id)))
        {
            await next(context);
        }
    }

    /// <summary>What a log line says of its request, beside the trace. Spelled out only when there is a line.</summary>
    private sealed class Scope(string requestId) : IReadOnlyList<KeyValuePair<string, object>>
    {
        public int Count => 1;

        public KeyValuePair<string, object> this[int index] => index == 0 ? new("request_id", requestId) : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => requestId;
    }
}
