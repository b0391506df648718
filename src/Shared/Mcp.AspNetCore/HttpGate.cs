using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>What is checked of HTTP before a body is read. Each answer is null or a refusal with its status.</summary>
internal static class HttpGate
{
    private static McpError WrongType { get; } =
        new(ErrorCodes.InvalidRequest, "Content-Type must be application/json, in UTF-8.", StatusCodes.Status415UnsupportedMediaType);

    /// <summary>
    /// DNS rebinding: a page in a local browser reaches a loopback port under a name of its own. So on loopback the Host must be a loopback name, and an
    /// Origin, wherever it comes from, must be allowed (403, MCP 2026-07-28 and 2025-11-25, Transports).
    /// </summary>
    public static McpError? Source(HttpContext http, McpEndpointOptions options)
    {
        // In-memory test servers have no address: they are as local as it gets.
        var loopback = http.Connection.LocalIpAddress is not { } address || IPAddress.IsLoopback(address);
        if (loopback && !IsLoopbackName(http.Request.Host.Host) && !options.AllowedHosts.Contains(http.Request.Host.Host) && !WasChecked(http))
        {
            return new(ErrorCodes.InvalidRequest, "This host name is not served here.", StatusCodes.Status403Forbidden);
        }

        var origin = http.Request.Headers.Origin;
        if (origin.Count == 0)
        {
            return null;
        }

        var allowed = origin.Count == 1 && (options.AllowedOrigins.Contains(origin[0]!)
            || (loopback && Uri.TryCreate(origin[0], UriKind.Absolute, out var page) && page.Scheme is "http" or "https" && IsLoopbackName(page.Host)));
        return allowed || WasChecked(http) ? null : new(ErrorCodes.InvalidRequest, "This origin is not allowed.", StatusCodes.Status403Forbidden);
    }

    /// <summary>Content type 415, Accept 406, declared length 413.</summary>
    public static McpError? Post(HttpRequest request, McpEndpointOptions options) =>
        !IsJson(request.ContentType) ? WrongType
        : !AcceptsBoth(request) ? new(ErrorCodes.InvalidRequest, "Accept must list application/json and text/event-stream.", StatusCodes.Status406NotAcceptable)
        : request.ContentLength > options.MaxBodyBytes ? TooLarge(options)
        : null;

    /// <summary>Content type and declared length alone: for messages whose answer goes elsewhere.</summary>
    public static McpError? Body(HttpRequest request, McpEndpointOptions options) =>
        !IsJson(request.ContentType) ? WrongType : request.ContentLength > options.MaxBodyBytes ? TooLarge(options) : null;

    /// <summary>Whether the client takes an event stream.</summary>
    public static bool AcceptsStream(HttpRequest request) => Accepted(request).Stream;

    /// <summary>413.</summary>
    public static McpError TooLarge(McpEndpointOptions options) =>
        new(ErrorCodes.InvalidRequest, $"The body is larger than {options.MaxBodyBytes} bytes.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>Where another process of the platform took the request in, the connection says nothing of its client, and that process has asked.</summary>
    private static bool WasChecked(HttpContext http) => http.Features.Get<SourceWasChecked>() is not null;

    private static bool IsLoopbackName(string host) =>
        host is "localhost" or "127.0.0.1" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // The bytes are read as UTF-8 whatever is claimed; somebody in front who believes the claim would read another message.
    private static bool IsJson(string? contentType) =>
        contentType is "application/json" || IsParsedJson(contentType);

    private static bool IsParsedJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static bool AcceptsBoth(HttpRequest request)
    {
        var (json, stream) = Accepted(request);
        return json && stream;
    }

    private static (bool Json, bool Stream) Accepted(HttpRequest request)
    {
        var (json, stream) = (false, false);
        foreach (var line in request.Headers.Accept)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var type = line.AsSpan()[range];
                type = (type.IndexOf(';') is >= 0 and var end ? type[..end] : type).Trim();
                var all = type.SequenceEqual("*/*");
                json |= all || type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.SequenceEqual("application/*");
                stream |= all || type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) || type.SequenceEqual("text/*");
            }
        }

        return (json, stream);
    }
}
