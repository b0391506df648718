using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>
/// What a request that outlives its HTTP exchange may still look at: the server reuses the real context for the next request, so nothing may hold on to it.
/// </summary>
internal static class DetachedHttp
{
    /// <summary>
    /// A copy of the request, its caller and the features the host added. It has no body and never aborts; what is set on its response reaches nobody.
    /// </summary>
    public static HttpContext Copy(HttpContext http)
    {
        var copy = new DefaultHttpContext { User = http.User, TraceIdentifier = http.TraceIdentifier };
        var (from, to) = (http.Request, copy.Request);
        (to.Method, to.Scheme, to.Host, to.Protocol) = (from.Method, from.Scheme, from.Host, from.Protocol);
        (to.PathBase, to.Path, to.QueryString, to.ContentType) = (from.PathBase, from.Path, from.QueryString, from.ContentType);
        foreach (var header in from.Headers)
        {
            to.Headers[header.Key] = header.Value;
        }

        to.RouteValues = new RouteValueDictionary(from.RouteValues);
        (copy.Connection.RemoteIpAddress, copy.Connection.RemotePort) = (http.Connection.RemoteIpAddress, http.Connection.RemotePort);
        (copy.Connection.LocalIpAddress, copy.Connection.LocalPort) = (http.Connection.LocalIpAddress, http.Connection.LocalPort);
        foreach (var (type, feature) in http.Features)
        {
            // Those of the HTTP server are the connection itself.
            if (type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == false)
            {
                copy.Features[type] = feature;
            }
        }

        return copy;
    }
}
