using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace McpPlatform.Hosting.Errors;

/// <summary>Gives each request an id of ours: in <c>X-Request-Id</c>, in errors and as a scope of every log line.</summary>
public static class RequestIds
{
    public const string Header = "X-Request-Id";

    private static readonly object Key = new();

    /// <summary>The id of this request.</summary>
    public static string Of(HttpContext context) => context.Items.TryGetValue(Key, out var id) ? (string)id! : context.TraceIdentifier;

    internal static async Task Use(HttpContext context, RequestDelegate next, TimeProvider clock, ILogger logger)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("n");
        context.Items[Key] = id;
        context.Response.Headers[Header] = id;
        using (logger.BeginScope(new Dictionary<string, object> { ["request_id"] = id, ["trace_id"] = Activity.Current?.TraceId.ToString() ?? "" }))
        {
            await next(context);
        }
    }
}
