using System.Globalization;
using McpPlatform.Gateway.Caching;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>Tells clients how their request came by its answer: <c>Cache-Status</c> (RFC 9211), and for what was kept its <c>Age</c> in whole seconds.</summary>
internal static class CacheHeaders
{
    /// <summary>Too late once the answer has begun; the result's own <c>_meta</c> says it as well.</summary>
    public static void Set(HttpContext http, CacheNote note)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        var left = (long)note.Left.TotalSeconds;
        http.Response.Headers["Cache-Status"] = note.Use switch
        {
            CacheUse.Hit => string.Create(CultureInfo.InvariantCulture, $"mcpplatform; hit; ttl={left}{(note.IsFromShared ? "; detail=shared" : "")}"),
            CacheUse.Coalesced => "mcpplatform; fwd=miss; collapsed",
            _ => note.IsStored ? string.Create(CultureInfo.InvariantCulture, $"mcpplatform; fwd=miss; stored; ttl={left}") : "mcpplatform; fwd=miss",
        };
        if (note.Use == CacheUse.Hit)
        {
            http.Response.Headers.Age = ((long)note.Age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }
}
