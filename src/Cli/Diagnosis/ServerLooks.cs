using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Diagnosis;

/// <summary>Looks at servers behind the platform, and says what is to be done about those that are not well.</summary>
internal sealed class ServerLooks(ApiClient api)
{
    /// <summary>Has the gateway look at each now, where the key may ask for that; else what the last look found.</summary>
    public async Task<List<Finding>> At(JsonNode[] servers, CancellationToken cancellationToken)
    {
        var found = new List<Finding>();
        foreach (var known in servers)
        {
            var (slug, began, elapsed, server) = ((string?)known["slug"] ?? "", Stopwatch.GetTimestamp(), (TimeSpan?)null, known);
            try
            {
                server = await api.Post($"/api/v1/servers/{Uri.EscapeDataString(slug)}/discover", null, cancellationToken) ?? known;
                elapsed = Stopwatch.GetElapsedTime(began);
            }
            catch (ApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            {
                // What the last look found will do.
            }
            catch (ApiException refused)
            {
                found.Add(new Finding(Verdict.Warning, "servers", $"{slug} could not be looked at: {refused.Message}", $"mcpp servers get {slug}; the gateway's log says more under the request id."));
                continue;
            }

            found.Add(Of(slug, server, elapsed));
        }

        return found;
    }

    private static Finding Of(string slug, JsonNode server, TimeSpan? elapsed)
    {
        var (health, why, version) = ((string?)server["health"], (string?)server["health_message"] ?? "", (string?)server["protocol_version"]);
        var took = elapsed is { } time ? string.Create(CultureInfo.InvariantCulture, $", looked at in {time.TotalMilliseconds:0} ms") : "";
        var era = version is { Length: > 0 } ? $", speaks {version}" : "";
        return health == "unhealthy" ? new(Verdict.Warning, "servers", $"{slug} is unhealthy{took}: {why}", Advice(slug, why))
            : why.Length > 0 ? new(Verdict.Warning, "servers", $"{slug} is well{took}{era}, but not all of it: {why}", "The server's own lists are to be mended.")
            : new(Verdict.Ok, "servers", $"{slug} is {health ?? "unknown"}{took}{era}{(server["tool_count"] is { } tools ? $", {tools} tools" : "")}.");
    }

    private static string Advice(string slug, string why) =>
        why.Contains("decrypt", StringComparison.OrdinalIgnoreCase) || why.Contains("master key", StringComparison.OrdinalIgnoreCase) || why.Contains("credential_unreadable", StringComparison.Ordinal)
            ? "Start every process with the MCPP_MASTER_KEY(_FILE) (or data/keys/master.key) that the credentials were stored with; without it they must be entered again."
        : why.Contains("launcher", StringComparison.OrdinalIgnoreCase) ? $"The launcher must be in the operator's file at the gateway (Gateway__ConfigFile); then mcpp servers discover {slug}."
        : why.Contains("private", StringComparison.OrdinalIgnoreCase) ? "Its address is private: an admin must allow that for the server (--allow-private-address)."
        : why.Contains("401", StringComparison.Ordinal) || why.Contains("unauthorized", StringComparison.OrdinalIgnoreCase) ? $"The server refuses what it was registered with: give it other headers (PATCH /api/v1/servers/{slug})."
        : $"Is it running at that address, and does the gateway reach it? mcpp servers get {slug}; mcpp servers logs {slug} shows what a process said; then mcpp servers discover {slug} looks again.";
}
