using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Reads the body of a POST.</summary>
internal static class RequestBody
{
    // An announced length is only a claim: memory follows the bytes that really come.
    private const int FirstBuffer = 64 * 1024;

    /// <summary>The first size of the buffer for a body.</summary>
    public static int FirstSize(HttpContext http) => (int)Math.Min(http.Request.ContentLength ?? 0, FirstBuffer) + 1;

    /// <summary>
    /// False when the body is larger than allowed. What is left of it is drained by the server after the answer, so that the client reads the answer.
    /// </summary>
    public static async ValueTask<bool> TryRead(HttpContext http, PooledBuffer body, McpEndpointOptions options)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        // What was announced is all there is: the end need not be waited for.
        var announced = http.Request.ContentLength ?? long.MaxValue;
        int read;
        while (body.Written.Length < announced && (read = await http.Request.Body.ReadAsync(body.GetMemory(), http.RequestAborted)) > 0)
        {
            body.Advance(read);
            if (body.Written.Length > options.MaxBodyBytes)
            {
                return false;
            }
        }

        return true;
    }
}
