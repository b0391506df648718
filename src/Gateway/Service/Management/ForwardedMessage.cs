using System.Collections.Frozen;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace McpPlatform.Gateway.Management;

/// <summary>What of a request and an answer passes the gateway. Everything but what belongs to one connection, to the caller's credential, or to us.</summary>
internal static class ForwardedMessage
{
    /// <summary>RFC 9110 §7.6.1 hop-by-hop fields, credentials, and what this hop says itself (trace context is set by the HTTP client).</summary>
    private static readonly FrozenSet<string> NotForwarded = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Host",
        "Authorization", "X-Api-Key", "Cookie", "Set-Cookie", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "traceparent", "tracestate", "baggage", RequestIds.Header, PublicAddress.Header,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static HttpRequestMessage Request(HttpContext http)
    {
        // As the caller spelt it: decoding and encoding again would turn %2F into a separator.
        var request = Request(http, new Uri(Target(http), UriKind.Relative));
        request.ActFor(http.Caller());
        request.Headers.TryAddWithoutValidation(PublicAddress.Header, PublicAddress.Of(http));
        return request;
    }

    /// <summary>The same to another address, on nobody's behalf.</summary>
    public static HttpRequestMessage Request(HttpContext http, Uri target)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, values) in http.Request.Headers)
        {
            if (!NotForwarded.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        request.Headers.TryAddWithoutValidation(RequestIds.Header, RequestIds.Of(http));
        return request;
    }

    public static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.NonValidated)
        {
            Copy(name, values);
        }

        foreach (var (name, values) in from.Content.Headers.NonValidated)
        {
            Copy(name, values);
        }

        void Copy(string name, System.Net.Http.Headers.HeaderStringValues values)
        {
            if (!NotForwarded.Contains(name))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }

    /// <summary>Piece by piece, as it comes.</summary>
    public static async Task CopyBody(HttpResponseMessage from, HttpResponse to, CancellationToken cancellationToken)
    {
        await using var body = await from.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                await to.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await to.Body.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Path and query as the caller spelt them.</summary>
    public static string Target(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return raw is ['/', ..] ? raw : UriHelper.BuildRelative(http.Request.PathBase, http.Request.Path, http.Request.QueryString);
    }
}
