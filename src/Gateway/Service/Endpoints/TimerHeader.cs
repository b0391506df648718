using System.Globalization;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// <c>X-Mcpp-Timeouts: first_byte_ms=500, total_ms=2000</c>: how long the sender of a request is willing to wait. Names as in a server's <c>timeouts</c>; each can
/// only shorten what the server has.
/// </summary>
internal static class TimerHeader
{
    public const string Name = "X-Mcpp-Timeouts";

    private static readonly McpError Malformed = McpError.Shape(
        $"{Name} must list any of connect_ms, headers_ms, first_byte_ms, idle_ms and total_ms, each at most once, as name=milliseconds separated by commas.");

    /// <summary>Reads it. False when it is there and malformed.</summary>
    public static bool TryRead(IHeaderDictionary headers, out RequestTimers timers, out McpError? error)
    {
        (timers, error) = (RequestTimers.None, null);
        if (!headers.TryGetValue(Name, out var values) || values.Count == 0)
        {
            return true;
        }

        TimeSpan?[] times = new TimeSpan?[5];
        foreach (var part in values.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var index = at < 0 ? -1 : Array.IndexOf(Names, part[..at].TrimEnd());
            if (index < 0 || times[index] is not null || !int.TryParse(part.AsSpan(at + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var time) || time == 0)
            {
                error = Malformed;
                return false;
            }

            times[index] = TimeSpan.FromMilliseconds(time);
        }

        timers = new RequestTimers(times[0], times[1], times[2], times[3], times[4]);
        return true;
    }

    private static readonly string[] Names = ["connect_ms", "headers_ms", "first_byte_ms", "idle_ms", "total_ms"];
}
