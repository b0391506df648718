using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting.Versions;

/// <summary>
/// Says of an endpoint that it will go: every answer of it bears <c>Deprecation</c> (RFC 9745), <c>Sunset</c> (RFC 8594) and links to what takes its place, and the API description marks it. Endpoints
/// that have one are the registry of deprecations.
/// </summary>
/// <param name="Since">The day from which on it is deprecated; may lie ahead.</param>
/// <param name="Sunset">The first day on which it may be gone; not before <paramref name="Since"/> (RFC 9745, §4). Null = not decided.</param>
/// <param name="Successor">Address of what takes its place; null = nothing does.</param>
/// <param name="Document">Where it is explained; null = nowhere.</param>
public sealed record Deprecation(DateOnly Since, DateOnly? Sunset = null, string? Successor = null, string? Document = null)
{
    /// <summary>Says it on an answer that has not begun.</summary>
    internal static void Announce(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<Deprecation>()?.Write(http.Response.Headers);

    private void Write(IHeaderDictionary headers)
    {
        headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{At(Since).ToUnixTimeSeconds()}");
        if (Sunset is { } sunset)
        {
            headers["Sunset"] = At(sunset).ToString("R", CultureInfo.InvariantCulture);
        }

        if (Successor is { } successor)
        {
            headers.Append("Link", $"<{successor}>; rel=\"successor-version\"");
        }

        if (Document is { } document)
        {
            headers.Append("Link", $"<{document}>; rel=\"deprecation\"; type=\"text/html\"");
        }
    }

    private static DateTimeOffset At(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}

/// <summary>How endpoints are deprecated.</summary>
public static class Deprecating
{
    /// <summary>Throws <see cref="ArgumentException"/> for one that would be gone before it is deprecated.</summary>
    public static TBuilder Deprecated<TBuilder>(this TBuilder builder, Deprecation deprecation)
        where TBuilder : IEndpointConventionBuilder
        => deprecation.Sunset < deprecation.Since
            ? throw new ArgumentException("The sunset lies before the deprecation.", nameof(deprecation))
            : builder.WithMetadata(deprecation);
}
