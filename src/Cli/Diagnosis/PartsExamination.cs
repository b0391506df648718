using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Diagnosis;

/// <summary>Looks at what the platform says of its own parts and of the servers behind it, as far as the key may see that.</summary>
internal sealed class PartsExamination(ApiClient api, List<Finding> findings)
{
    /// <summary>Gateways ask for news every second or two.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    /// <summary>A look may start a process and wait for it.</summary>
    private const int MostLooks = 40;

    private const int Parallel = 4;

    private List<(string Slug, string Launcher)> _stdio = [];

    public async Task Run(CancellationToken cancellationToken)
    {
        await Components(cancellationToken);
        await Gateway(cancellationToken);
        await Configuration(cancellationToken);
        await Servers(cancellationToken);
        await Launchers(cancellationToken);
        await Breakers(cancellationToken);
        await DeadLetters(cancellationToken);
    }

    private async Task Configuration(CancellationToken cancellationToken)
    {
        foreach (var service in new[] { "policy", "registry" })
        {
            if (await Ask("config", $"/api/v1/configuration/{service}", cancellationToken, isQuiet: true) is not { } status || (string?)status["state"] is null or "none")
            {
                continue;
            }

            var source = (string?)status["source"];
            if ((string?)status["state"] == "refused")
            {
                var problems = (status["problems"] as JsonArray ?? []).Select(p => $"{(string?)p?["field"]} {(string?)p?["message"]}".Trim());
                Add(Verdict.Failed, "config", $"{source} cannot be used by the {service} service; what was in force stays. {string.Join(" | ", problems.Take(3))}", "Mend it there ('mcpp config validate' shows every mistake); it is taken over within a second.");
            }
            else
            {
                Add(Verdict.Ok, "config", $"{source} is in force in the {service} service.");
            }
        }
    }

    private async Task Components(CancellationToken cancellationToken)
    {
        using var response = await api.SendRaw(new HttpRequestMessage(HttpMethod.Get, "health"), HttpCompletionOption.ResponseContentRead, cancellationToken);
        if ((await ApiClient.ReadJson(response, cancellationToken))?["components"] is not JsonArray components)
        {
            Skip("components", "/health does not name them to this key");
            return;
        }

        foreach (var component in components)
        {
            var (name, status, why) = ((string?)component?["name"] ?? "", (string?)component?["status"] ?? "", (string?)component?["description"] ?? "");
            if (status != "healthy")
            {
                Add(status == "degraded" ? Verdict.Warning : Verdict.Failed, name, $"{name} is {status}{(why.Length == 0 ? "." : $": {why}")}", Advice(name, why));
            }
        }

        if (findings.TrueForAll(f => f.Verdict != Verdict.Failed))
        {
            Add(Verdict.Ok, "components", $"{components.Count} components are well: {string.Join(", ", components.Select(c => (string?)c?["name"]))}.");
        }
    }

    private static string Advice(string component, string why) =>
        why.Contains("MCPP_INTERNAL_KEY", StringComparison.Ordinal) ? "Start every process with the same MCPP_INTERNAL_KEY(_FILE)."
        : why.Contains("clock", StringComparison.Ordinal) ? "Let the machines of all services set their clocks by NTP."
        : why.Contains("embedding provider", StringComparison.Ordinal)
            ? "Does the provider at Embeddings__Url answer the registry, take Embeddings__Key, and have Embeddings__Model? Searches in tool sets go by words meanwhile."
        : why.Contains("database", StringComparison.Ordinal) && !component.StartsWith("database", StringComparison.Ordinal)
            ? $"Is PostgreSQL running, and does ConnectionStrings__{component[(component.IndexOf('-') + 1)..]}db of that service name it? Has migrate run?"
        : component.StartsWith("database", StringComparison.Ordinal) ? $"Is PostgreSQL running, and does ConnectionStrings__{component[(component.IndexOf('-') + 1)..]}db name it? Gateways go on by their snapshot meanwhile."
        : component == "bus" ? "Is RabbitMQ running, and does ConnectionStrings__rabbitmq name it? What is to be sent waits in the outbox."
        : component == "drain" ? "This process is being stopped: ask another gateway, or wait for the next one."
        : "Is its process running? Its log says why not.";

    private async Task Gateway(CancellationToken cancellationToken)
    {
        if (await Ask("gateway", "/api/v1/gateway/status", cancellationToken) is not { } status)
        {
            return;
        }

        var before = findings.Count;
        foreach (var snapshot in new[] { "policy", "registry" })
        {
            if (Number(status[snapshot]?["age_ms"]) is { } age && age > StaleAfter.TotalMilliseconds)
            {
                Add(Verdict.Warning, "gateway", $"Its {snapshot} was last confirmed {age / 1000:0} s ago.", $"The {snapshot} service does not answer the gateway: is it running, and reachable at Services__{char.ToUpperInvariant(snapshot[0])}{snapshot[1..]}__BaseAddress?");
            }
        }

        if (Number(status["spool"]?["dropped"]) is > 0 and var dropped)
        {
            Add(Verdict.Warning, "records", $"{dropped:0} call records were dropped.", "The spool was full or its disk failed: see Gateway__SpoolMaxBytes, the disk, and whether tracing takes records.");
        }

        if (status["spool"]?["accepts"] is JsonValue accepts && accepts.TryGetValue(out bool takes) && !takes)
        {
            Add(Verdict.Failed, "records", "The spool takes no records: calls that must be recorded are refused.", "Make room on the gateway's disk (DATA/gateway/spool).");
        }

        if (before == findings.Count)
        {
            Add(Verdict.Ok, "gateway", $"Gateway {status["gateway_id"]} has a fresh policy and catalog, and records calls.");
        }
    }

    private async Task Servers(CancellationToken cancellationToken)
    {
        JsonArray servers;
        try
        {
            servers = (JsonArray)(await api.List("/api/v1/servers", 10_000, cancellationToken))["items"]!;
        }
        catch (ApiException refused)
        {
            Skip("servers", refused.Message);
            return;
        }

        var enabled = servers.Where(s => s?["enabled"] is not JsonValue value || !value.TryGetValue(out bool on) || on).Select(s => s!).ToList();
        if (enabled.Count == 0)
        {
            Add(Verdict.Ok, "servers", servers.Count == 0 ? "No server is registered yet: mcpp servers add." : "No server is enabled.");
            return;
        }

        var looks = new ServerLooks(api);
        foreach (var look in await Task.WhenAll(enabled.Take(MostLooks).Chunk((enabled.Count / Parallel) + 1).Select(some => looks.At(some, cancellationToken))))
        {
            findings.AddRange(look);
        }

        if (enabled.Count > MostLooks)
        {
            Skip("servers", $"{enabled.Count - MostLooks} of {enabled.Count} servers, {MostLooks} are enough for one time; mcpp servers list shows their health");
        }

        _stdio = [.. enabled.Where(s => (string?)s["transport"] == "stdio" && (string?)s["launcher"] is not null).Select(s => ((string)s["slug"]!, (string)s["launcher"]!))];
    }

    /// <summary>Servers whose program the gateway's own file must name.</summary>
    private async Task Launchers(CancellationToken cancellationToken)
    {
        if (_stdio.Count == 0 || await Ask("launchers", "/api/v1/gateway/launchers", cancellationToken) is not { } answer)
        {
            return;
        }

        var known = (answer["items"] as JsonArray ?? []).Select(item => (string?)item?["name"]).ToHashSet();
        foreach (var (slug, launcher) in _stdio.Where(server => !known.Contains(server.Launcher)))
        {
            Add(Verdict.Warning, "launchers", $"The gateway's file has no launcher '{launcher}', which {slug} is started by.", $"Add it to the file that Gateway__ConfigFile names, on the gateway's machine: mcpp servers add {slug} -- COMMAND.");
        }

        if (_stdio.TrueForAll(server => known.Contains(server.Launcher)))
        {
            Add(Verdict.Ok, "launchers", $"The gateway's file has the launchers of {_stdio.Count} servers.");
        }
    }

    private async Task Breakers(CancellationToken cancellationToken)
    {
        if (await Ask("breakers", "/api/v1/breakers?limit=200", cancellationToken) is not { } answer)
        {
            return;
        }

        var open = (answer["items"] as JsonArray ?? []).Where(IsOpen).ToList();
        foreach (var breaker in open)
        {
            Add(Verdict.Warning, "breakers", $"{breaker?["server"]} at {breaker?["address"]}: no calls go there{(IsForced(breaker) ? ", since somebody forced its breaker open" : "")}.", $"It closes by itself when the server answers again; a forced one by POST /api/v1/breakers/{breaker?["id"]}/reset.");
        }

        if (open.Count == 0)
        {
            Add(Verdict.Ok, "breakers", "No breaker is open.");
        }
    }

    private async Task DeadLetters(CancellationToken cancellationToken)
    {
        if (await Ask("messages", "/api/v1/admin/dead-letters?limit=1", cancellationToken) is { } answer)
        {
            findings.Add(answer["items"] is JsonArray { Count: 0 }
                ? new(Verdict.Ok, "messages", "No message has failed for good.")
                : new(Verdict.Warning, "messages", "There are dead letters: messages that failed for good.", "GET /api/v1/admin/dead-letters says which and why; docs/operations.md, Messages, how they are sent again."));
        }
    }

    /// <summary>Null: it was skipped or failed, and said so.</summary>
    private async Task<JsonNode?> Ask(string check, string path, CancellationToken cancellationToken, bool isQuiet = false)
    {
        try
        {
            return await api.Get(path, cancellationToken) ?? new JsonObject();
        }
        catch (ApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            if (!isQuiet)
            {
                Skip(check, "the key may not see it");
            }
        }
        catch (ApiException refused)
        {
            Add(Verdict.Failed, check, refused.Message, "See /health, and the log under the request id.");
        }

        return null;
    }

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : null;

    private void Skip(string check, string why) => Add(Verdict.Skipped, check, $"Not looked at: {why}.");

    private static bool IsForced(JsonNode? breaker) => breaker?["forced_open"] is JsonValue value && value.TryGetValue(out bool forced) && forced;

    private static bool IsOpen(JsonNode? breaker) => IsForced(breaker) || (breaker?["gateways"] as JsonArray ?? []).Any(g => (string?)g?["breaker"] is "open" or "forced_open");

    private void Add(Verdict verdict, string check, string what, string fix = "") => findings.Add(new Finding(verdict, check, what, fix));
}
