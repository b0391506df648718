using McpPlatform.Hosting.Draining;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting;

/// <summary>When a request began for this process: its head was read and understood by the server, and nothing else had happened yet.</summary>
public static class RequestStart
{
    /// <summary>A timestamp of the process's <see cref="TimeProvider"/>; null when the request came over no connection of this host's.</summary>
    public static long? Of(HttpContext http) => http.Features.Get<OpenConnection>()?.StartedAt;
}
