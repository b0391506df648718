using Microsoft.AspNetCore.Http;

namespace McpPlatform.Hosting.Security;

/// <summary>Where callers put their key: <c>Authorization: Bearer</c> or <c>X-Api-Key</c>. Never in the address.</summary>
public static class Credentials
{
    /// <summary>The one credential of a request, or null when there is none or it is ambiguous.</summary>
    public static string? Of(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization;
        var apiKey = headers["X-Api-Key"];
        if (authorization.Count > 1 || apiKey.Count > 1)
        {
            return null;
        }

        var bearer = authorization is [{ } text] && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? text["Bearer ".Length..].Trim() : null;
        if (authorization.Count == 1 && bearer is null)
        {
            return null;
        }

        return (bearer, apiKey.Count == 1 ? apiKey[0] : null) switch
        {
            ({ Length: > 0 } b, null) => b,
            (null, { Length: > 0 } k) => k,
            ({ Length: > 0 } b, { } k) when b == k => b,
            _ => null,
        };
    }
}
