using System.Globalization;
using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace McpPlatform.Hosting.Versions;

/// <summary>
/// Versions of the management API (<c>/api/v1</c>) and the client API (<c>/v1</c>): by path, and by media type (<c>application/vnd.mcpplatform.v1+json</c>) for those who want to be sure. A version
/// that is not there is refused by name instead of being taken for a wrong address.
/// </summary>
internal static class ApiVersions
{
    private const string MediaPrefix = "application/vnd.mcpplatform.v";
    private const string MediaSuffix = "+json";
    private const string MediaType = "application/vnd.mcpplatform.v1+json";
    private const string Supported = $"1 (paths /api/v1 and /v1; media type {MediaType})";

    /// <summary>Whether a request is for one of these APIs. The paths of MCP are not.</summary>
    public static bool Apply(HttpContext http) => http.Request.Path.Value is ['/', 'a' or 'v', ..] path && (path.StartsWith("/api/", StringComparison.Ordinal) || VersionAt(path, 1) is not null);

    public static Task Use(HttpContext http, RequestDelegate next)
    {
        if (Refusal(http, out var byMediaType) is { } refusal)
        {
            return http.WriteError(refusal);
        }

        http.Response.OnStarting(
            static state =>
            {
                var (http, byMediaType) = ((HttpContext, bool))state;
                Deprecation.Announce(http);
                if (byMediaType && http.Response.ContentType is { } type && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
                {
                    http.Response.ContentType = string.Concat(MediaType, type.AsSpan("application/json".Length));
                }

                return Task.CompletedTask;
            },
            (http, byMediaType));
        return next(http);
    }

    /// <summary>Why a version cannot be served; null: it can.</summary>
    /// <param name="byMediaType">The answer is to bear the version's own media type.</param>
    internal static Error? Refusal(HttpContext http, out bool byMediaType)
    {
        byMediaType = false;
        if (MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var body) && VersionOf(body) is { } sent && sent != "1")
        {
            return Error.Invalid("api.version_unknown", $"The body is in version {Cut(sent)} of this API, which is not known. Supported: {Supported}.");
        }

        var accept = http.Request.Headers.Accept;
        if (accept.Count == 0 || !accept.ToString().Contains(MediaPrefix, StringComparison.OrdinalIgnoreCase) || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return null;
        }

        byMediaType = types.Any(type => VersionOf(type) == "1");
        return byMediaType || types.Any(type => VersionOf(type) is null && type.Quality is not 0)
            ? null
            : new Error(ErrorKind.NotAcceptable, "api.version_unknown", $"Accept asks for a version of this API that is not known. Supported: {Supported}.");
    }

    /// <summary>Why there is nothing at an address that is not there: it may be one of a version that is not. Null: not for that.</summary>
    internal static Error? UnknownAt(string? path) =>
        path is not null && VersionAt(path, path.StartsWith("/api/", StringComparison.Ordinal) ? 5 : 1) is { } asked && asked != "1"
            ? Error.Invalid("api.version_unknown", $"There is no version {Cut(asked)} of this API. Supported: {Supported}.")
            : null;

    /// <summary>The digits after a v that make up a whole segment; null when there are none: <c>/v0.1</c> is another API with versions of its own.</summary>
    private static string? VersionAt(string path, int at)
    {
        if (path.Length < at + 2 || path[at] != 'v')
        {
            return null;
        }

        var end = path.IndexOf('/', at);
        var digits = path.AsSpan(at + 1, (end < 0 ? path.Length : end) - at - 1);
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9') ? digits.ToString() : null;
    }

    private static string? VersionOf(MediaTypeHeaderValue type) =>
        type.MediaType is { HasValue: true, Value: { } text } && text.StartsWith(MediaPrefix, StringComparison.OrdinalIgnoreCase)
            ? text.EndsWith(MediaSuffix, StringComparison.OrdinalIgnoreCase) ? text[MediaPrefix.Length..Math.Max(MediaPrefix.Length, text.Length - MediaSuffix.Length)] : text[MediaPrefix.Length..]
            : null;

    private static string Cut(string version) => version.Length <= 20 ? version : string.Create(CultureInfo.InvariantCulture, $"{version.AsSpan(0, 20)}…");
}
