using System.Globalization;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting;

/// <summary>Versions as ETags: the number in quotes.</summary>
public static class ETags
{
    /// <summary>Tags the answer with the version of what it shows.</summary>
    public static void Tag(this HttpContext http, long version) => http.Response.Headers.ETag = $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>The version that If-None-Match names; null without the header or when it is none of ours.</summary>
    public static long? KnownVersion(this HttpContext http) => http.Request.Headers.IfNoneMatch is [{ } tag] && TryRead(tag, out var version) ? version : null;

    /// <summary>Runs a command with the version that If-Match names, null without the header or for <c>*</c>; refuses what is none of ours.</summary>
    public static Task<TResult> IfMatch<TResult>(this HttpContext http, Func<long?, Task<TResult>> command)
        where TResult : IResult<TResult>
    {
        var expected = ExpectedVersion(http);
        return expected.Error is { } refused ? Task.FromResult(TResult.Refuse(refused)) : command(expected.Value);
    }

    private static Result<long?> ExpectedVersion(HttpContext http)
    {
        var header = http.Request.Headers.IfMatch;
        if (header.Count == 0 || header is ["*"])
        {
            return (long?)null;
        }

        return header is [{ } tag] && TryRead(tag, out var version)
            ? (long?)version
            : Error.Invalid("request.if_match", "If-Match is not an ETag of ours. Send the ETag as you got it, for example \"3\" with its quotes.");
    }

    private static bool TryRead(string tag, out long version)
    {
        version = 0;
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && long.TryParse(tag.AsSpan(1..^1), NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }
}
