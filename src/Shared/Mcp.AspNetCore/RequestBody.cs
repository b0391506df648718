using McpPlatform.Mcp.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Reads the body of a POST.</summary>
internal static class RequestBody
{
    // An announced length is only a claim: memory follows the bytes that really come.
    private const int FirstBuffer = 64 * 1024;

    private const int UnknownSize = 4 * 1024;

    /// <summary>The first size of the buffer for a body.</summary>
    public static int FirstSize(HttpContext http) => (int)Math.Clamp(http.Request.ContentLength ?? UnknownSize, 1, FirstBuffer);

    /// <summary>
    /// Null, or why it was not read to its end: it is larger than allowed, or there is no memory for it now. What is left of it is drained by the server after the answer, so that the client reads
    /// the answer.
    /// </summary>
    public static async ValueTask<McpError?> Read(HttpContext http, PooledBuffer body, Arrivals arrivals)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        // What was announced is all there is: the end need not be waited for.
        var announced = http.Request.ContentLength ?? long.MaxValue;
        var arrival = arrivals.Begin(http);
        try
        {
            while (body.Written.Length < announced)
            {
                if (arrival.Next(body, out var room) is { } refusal)
                {
                    return refusal;
                }

                var read = await http.Request.Body.ReadAsync(room, http.RequestAborted);
                if (read == 0)
                {
                    break;
                }

                body.Advance(read);
            }

            return null;
        }
        finally
        {
            arrival.Dispose();
        }
    }
}
