using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Refusals for want of a place among sessions, or among what else clients keep open.</summary>
public static class SessionLimit
{
    /// <summary>When to try again: places become free when somebody hangs up, which nobody can foretell. 5 s: soon, and no storm.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>429: the principal has as many as it may, and uses all of them.</summary>
    /// <param name="what">In the plural, such as <c>sessions</c>.</param>
    public static McpError OfPrincipal(string what, int most) => Of("principal", what, most, ErrorCodes.RateLimited, StatusCodes.Status429TooManyRequests);

    /// <summary>429: the tenant has as many as it may, and uses all that this principal could take the place of.</summary>
    public static McpError OfTenant(string what, int most) => Of("tenant", what, most, ErrorCodes.RateLimited, StatusCodes.Status429TooManyRequests);

    /// <summary>503: the process is full.</summary>
    public static McpError OfProcess(string what, int most) => Of("process", what, most, ErrorCodes.NotReady, StatusCodes.Status503ServiceUnavailable);

    /// <summary>Says when to come back, where the answer has not begun.</summary>
    internal static void SetRetryAfter(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.Headers.RetryAfter = Seconds;
        }
    }

    private static string Seconds { get; } = ((int)RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static McpError Of(string whose, string what, int most, int code, int status) =>
        new(code, $"This {whose} has {most.ToString(CultureInfo.InvariantCulture)} {what} in use, and may have no more. End one, or try again later.", status)
        {
            Data = Encoding.UTF8.GetBytes(
                $$"""{"code":"session_limit","limit":"{{what}}","scope":"{{whose}}","value":{{most.ToString(CultureInfo.InvariantCulture)}},"retryAfterSeconds":{{Seconds}}}"""),
        };
}
