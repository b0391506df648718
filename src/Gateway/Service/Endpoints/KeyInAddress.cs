using System.Collections.Frozen;
using McpPlatform.Gateway.Authentication;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// Credentials in the query are refused, also beside a good one in a header (MCP, Authorization: tokens are never in the query): addresses end up in the logs of
/// proxies and in histories, and a client that got through once would go on.
/// </summary>
internal static class KeyInAddress
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "access_token", "id_token", "auth_token", "token", "api_key", "apikey", "api-key", "x-api-key", "key", "auth", "authorization", "bearer", "password", "secret", "client_secret",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>400. Says nothing of what was sent.</summary>
    public static McpError Refusal { get; } = new(
        ErrorCodes.AccessDenied,
        "Keys are not taken in the address, where logs and histories keep them. Send yours as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>', and consider replacing it: what it passed may know it now.",
        StatusCodes.Status400BadRequest);

    /// <summary>By the name of a parameter, or by what our own keys begin with.</summary>
    public static bool IsIn(HttpRequest request)
    {
        if (!request.QueryString.HasValue)
        {
            return false;
        }

        foreach (var (name, values) in request.Query)
        {
            if (Names.Contains(name))
            {
                return true;
            }

            foreach (var value in values)
            {
                if (value?.StartsWith(ApiKeys.Prefix, StringComparison.Ordinal) == true)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
