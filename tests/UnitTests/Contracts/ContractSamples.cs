using System.Text.Json;
using McpPlatform.Contracts.Factory;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Contracts.Tracing;

namespace McpPlatform.UnitTests.Contracts;

/// <summary>One object of every record that crosses a process, with a value in every member. Parts of a record are sampled within it.</summary>
internal static class ContractSamples
{
    private static readonly DateTimeOffset At = new(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

    public static IReadOnlyList<object> All { get; } =
    [
        new PolicyPublished(Id(1), At, Id(2), 1_770_091_506_789),
        new KeyRevoked(Id(1), At, Id(2), Id(3), 1_770_091_506_789),
        new CatalogPublished(Id(1), At, Id(2), Id(3), 1_770_091_506_789),
        new ServerHealthChanged(Id(1), At, Id(2), Id(3), "unhealthy"),
        new DefinitionsFlagged(Id(1), At, Id(2), Id(3), "weather", [new(DefinitionKinds.Tool, "get_forecast", ["hidden_text"], true)], 3),
        new HttpToolChanged(Id(1), At, Id(2), Id(3), "weather", "get_forecast", 7, """{"openapi":"3.1.0"}""", ["https://a.example/v1", "https://b.example/v1"], "weather-token", true),
        new ServerDeployed(Id(1), At, Id(2), Id(3), Id(4), "weather"),
        new DeploymentChanged(Id(1), At, Id(2), Id(3), "Running", 7),
        new CallRecordsCaptured(Id(1), At, Id(2), "gateway-1", "gateway-1/12/4096", [Call()]),
        new PolicySnapshot(
            1_770_091_506_789,
            At,
            [new TenantPolicy(Id(2), "acme", true, Json("""{"roles":[{"name":"reader","rules":[]}]}"""), [new KeyGrant(Id(3), new string('a', 64), "ada", ["reader"], ["tools:call"], At, 12.5, 30, "cursor")], 40)]),
        new LimitLeaseRequest(Id(4), true, [new("key:1", 0.5, 0.25)]),
        new LimitLeases(3, [0.25]),
        new RegistrySnapshot(1_770_091_506_789, At, [new ServerEntry(Id(3), Id(2), "weather", "Weather", true, "prod", ["public"], Connection(), new string('b', 64), [Tool()], 3, new ServerBalancing("consistent_hash", "session"), [new("https://weather.example/mcp", true, 2)], Offer(), new ServerLimits(new CallRate(50, 100), new Dictionary<string, CallRate> { ["get_forecast"] = new(0.5, 1) }, 4), [new(DefinitionKinds.Tool, "get_forecast", new string('c', 64))], new ServerCache(["get_*"], 30_000, "tenant"), new CacheClears(2, new Dictionary<string, int> { ["get_forecast"] = 1 }))],
            [new RouteEntry(Id(6), Id(2), "weather.forecast", "Tomorrow's weather.", "prod", "1.4.0", [new RouteCandidate("weather", "get_forecast", 3, Json("""{"units":"metric"}"""))], "weighted_random")],
            [new IntegrationEntry(Id(7), Id(2), "acme-weather", "weather", "prod", [new Capability("weather.now", "get_now", "2.0.0-beta.1")])], [ToolSet()], "model@4"),
        new DeployedServer(Id(2), "weather", "Weather", "http://127.0.0.1:9000/mcp", "bearer-in-clear", ["pack"]),
        new DeployedServerResult(Id(3), "weather", "healthy", 4),
        new DiscoverServer(Id(2), Id(3), "weather", Connection()),
        new DiscoveredServer("2025-11-25", "Weather 1.2", true, [Tool()], "timeout", "The server did not answer.", Offer()) { LeftOut = ["'x', which is there twice"] },
        new SeenCatalog(Id(2), Id(3), new DiscoveredServer("2025-11-25", "Weather 1.2", true, [Tool()], "timeout", "The server did not answer.", Offer()) { LeftOut = ["'x', which is there twice"] }),
        new EndpointReport("gateway-1", Id(2), [new(Id(3), "id-of-endpoint", "open", 5)]),
        new BatchQuery([Id(1), Id(2)]),
        new CommittedBatches([Id(1)]),
    ];

    private static CallRecord Call() => new(
        Id(5), Id(2), At, 1234, "ada", Id(3), "tools/call", "weather", "get_forecast", "tool_error", "upstream_error", "2025-11-25", "rule-1", 1_770_091_506_789, 345, 678,
        """{"city":"Ulm"}""", """{"isError":true}""", "0af7651916cd43dd8448eb211c80319c", "req-1", "gateway-1", "hit");

    // Never both in life, but every member wants a value.
    private static ServerConnection Connection() => new(
        "http", "https://weather.example/mcp", "weather-launcher", true, [new("Authorization", "ciphertext-1")], [new("TOKEN", "ciphertext-2")],
        new ServerTimeouts(1000, 2000, 3000, 4000, 5000), [new("https://weather-2.example/mcp", 3)], new ServerProcess("session", 60_000, 4));

    private static ToolDefinition Tool() => new("get_forecast", new string('c', 64), Json("""{"name":"get_forecast","inputSchema":{"type":"object"},"x-Own":1.50}"""), Eras.Modern, "sampling elicitation.url") { Repairs = ["inputSchema: type added"], Vector = new byte[] { 1, 2, 253, 127 } };

    private static ToolSetEntry ToolSet() => new(Id(6), Id(2), "support", 3, new ToolSetTerms(
        "Support", "What support needs.", "Ask for one city.", [new SetMember("weather", "public", ["get_*"], ["brief"], ["weather://*"])],
        [new SetOverride("weather", "get_forecast", SetItemKinds.Tool, "forecast", "Forecast", "Tomorrow's weather.", Json("""{"readOnlyHint":true}"""), new Dictionary<string, JsonElement> { ["units"] = Json("1.50") })],
        ["weather/delete_*"], ToolSetNaming.Own, ToolSetDisclosure.Auto, ["weather/get_forecast"]));

    private static ServerOffer Offer() => new(
        new ServerFace("2025-11-25", Json("""{"tools":{"listChanged":true}}"""), "Ask for one city."),
        new ServerFace("2026-07-28", Json("""{"tools":{}}"""), "Ask for one city at a time."),
        [new("brief", Json("""{"name":"brief"}"""), Eras.Legacy, new string('d', 64))],
        [new("weather://ulm", Json("""{"uri":"weather://ulm","name":"Ulm"}"""), Eras.Modern, new string('e', 64))],
        [new("weather://{city}", Json("""{"uriTemplate":"weather://{city}","name":"City"}"""), Eras.Legacy, new string('f', 64))]);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static Guid Id(int number) => new($"01890000-0000-7000-8000-{number:d12}");
}
