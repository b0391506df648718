using System.Globalization;
using System.Net;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Diagnosis;

/// <summary>Looks at the level of the cache that gateways share, where there is one and the key may see it.</summary>
internal static class CacheExamination
{
    /// <summary>10 ms: a level that takes longer costs each call that looks there more than most servers take to answer.</summary>
    private const double SlowMs = 10;

    public static async Task<Finding?> Run(ApiClient api, CancellationToken cancellationToken)
    {
        try
        {
            if ((await api.Get("/api/v1/admin/cache", cancellationToken))?["shared"] is not { } shared)
            {
                return null;
            }

            var time = (double?)shared["round_trip_ms"] is { } took ? string.Create(CultureInfo.InvariantCulture, $"{took:0.##} ms") : "";
            return (bool?)shared["reachable"] != true
                ? new Finding(
                    Verdict.Warning, "cache", "The Redis that gateways share results in is away: each goes on with its own.",
                    "Is it running, and does Gateway__Cache__Redis__Url name it with the right user and password? The gateway's log says why ('Redis is away').")
                : (double?)shared["round_trip_ms"] > SlowMs
                ? new Finding(Verdict.Warning, "cache", $"The Redis that gateways share results in takes {time} to answer.", "Put it nearer to the gateways, or do without it (Gateway__Cache__Redis__Url empty).")
                : new Finding(Verdict.Ok, "cache", $"Gateways share results in a Redis that answers in {time}.");
        }
        catch (ApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (ApiException refused)
        {
            return new Finding(Verdict.Failed, "cache", refused.Message, "See /health, and the log under the request id.");
        }
    }
}
