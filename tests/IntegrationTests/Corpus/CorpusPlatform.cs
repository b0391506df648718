using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.IntegrationTests.Platform;
using McpPlatform.IntegrationTests.Scenarios;
using Xunit;

namespace McpPlatform.IntegrationTests.Corpus;

/// <summary>Two tenants with what the corpus needs, on the shared platform: a server each, and keys of an admin, a user and a stranger.</summary>
public sealed class CorpusPlatform : IAsyncLifetime
{
    private static readonly object[] UserRules =
    [
        new { id = "echo", effect = "allow", actions = new[] { "tools:*" }, resources = new[] { "tool:corpus/echo" } },
        new { id = "manage", effect = "allow", actions = new[] { "servers:read", "servers:write", "keys:read", "keys:write", "traces:read" }, resources = new[] { "platform" } },
    ];

    private readonly ConcurrentDictionary<string, Lazy<Task<JsonNode>>> _reports = new();
    private readonly Lazy<Task<JsonObject>> _config;
    private StrictUpstream? _upstream;
    private string _wildUser = "";

    public CorpusPlatform(SharedStandalone shared) => _config = new(async () => await Create(await shared.Get()));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    /// <summary>What came of firing a file of cases; fired once, by whoever asks first.</summary>
    internal Task<JsonNode> Report(string corpus, Func<string, JsonObject, Task<JsonNode>> fire) =>
        _reports.GetOrAdd(corpus, name => new(async () => await fire(name, await Configuration(name)))).Value;

    /// <summary>The runner's configuration, with ports of its own for its traps.</summary>
    private async Task<JsonObject> Configuration(string corpus)
    {
        var config = (await _config.Value).DeepClone().AsObject();
        var ports = Shell.FreePorts(2);
        config["ssrf"] = new JsonObject { ["enabled"] = true, ["canaryPort"] = ports[0], ["redirectPort"] = ports[1] };
        if (corpus == "policy")
        {
            config["auth"]!["user"] = $"Bearer {_wildUser}";
        }

        return config;
    }

    private async Task<JsonObject> Create(Steps steps)
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/IntegrationTests/Corpus/config.json")))!.AsObject();
        var values = config["values"]!.AsObject();
        _upstream = await StrictUpstream.Start();

        var (tenantA, adminA) = await Tenant(steps, "corpus-a");
        var (tenantB, adminB) = await Tenant(steps, "corpus-b");
        using var a = new ApiClient(steps.Platform.Address, adminA);
        using var b = new ApiClient(steps.Platform.Address, adminB);
        var secret = config["plantedSecrets"]![0]!.GetValue<string>();
        var serverA = await Server(a, "corpus", "Corpus", secret);
        var serverB = await Server(b, "tenantb", values["tenantBMarker"]!.GetValue<string>(), secret);
        (await a.Post("/api/v1/policies", new { name = "corpus-user", grants = UserRules })).Expect(HttpStatusCode.Created);
        (await a.Post("/api/v1/policies", new { name = "corpus-wild", grants = Array.Empty<object>() })).Expect(HttpStatusCode.Created);
        var policyB = (await b.Post("/api/v1/policies", new { name = "other", grants = UserRules, description = values["tenantBMarker"]!.GetValue<string>() })).Expect(HttpStatusCode.Created).Json;
        var (userId, user) = await NewKey(a, "user", "corpus-user");
        (_, _wildUser) = await NewKey(a, "wild", "corpus-user", "corpus-wild");
        var (userBId, userB) = await NewKey(b, "user-b", "other");
        var (revokedId, revoked) = await NewKey(a, "revoked", "corpus-user");
        (await a.Delete($"/api/v1/keys/{revokedId}")).Expect(HttpStatusCode.NoContent);


        using var caller = new ModernCaller(steps.Mcp, user);
        await Until.True(async () => (await caller.Request("tools/list")) is { Status: HttpStatusCode.OK } list && list.Text.Contains("corpus__echo", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        using var stranger = new ModernCaller(steps.Mcp, userB);
        await Until.True(async () => (await stranger.Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
        using var wild = new ModernCaller(steps.Mcp, _wildUser);
        await Until.True(async () => (await wild.Request("tools/list")).Status == HttpStatusCode.OK, Steps.Propagation);
        using var session = new LegacyCaller(steps.Mcp, user);
        await session.Request("tools/list");

        config["baseUrl"] = steps.Platform.Address.ToString().TrimEnd('/');
        config["pid"] = ((StandalonePlatform)steps.Platform).ProcessId;
        config["auth"] = new JsonObject
        {
            ["user"] = $"Bearer {user}",
            ["admin"] = $"Bearer {adminA}",
            ["tenantB"] = $"Bearer {userB}",
        };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("tenantAId", tenantA), ("tenantBId", tenantB), ("tenantAServerId", serverA), ("tenantBServerId", serverB), ("selfUserId", userId), ("tenantBUserId", userBId),
            ("tenantBKeyId", userBId), ("tenantBPolicyId", policyB["id"]!.GetValue<string>()), ("tenantBDeploymentId", serverB), ("tenantBTraceId", serverB),
            ("revokedToken", revoked), ("mcpSession", session.Session!),
        ])
        {
            values[name] = value;
        }

        return config;
    }

    private async Task<string> Server(ApiClient api, string slug, string title, string secret)
    {
        var body = new { slug, title, transport = "http", url = _upstream!.Address.ToString(), allow_private_address = true, headers = new Dictionary<string, string> { ["X-Upstream-Key"] = secret } };
        return (await api.Post("/api/v1/servers", body)).Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();
    }

    private static async Task<(string Id, string AdminKey)> Tenant(Steps steps, string slug)
    {
        var id = (await steps.Admin.Post("/api/v1/tenants", new { slug, name = slug })).Expect(HttpStatusCode.Created).Json["id"]!.GetValue<string>();
        var key = (await steps.Admin.Post($"/api/v1/tenants/{slug}/keys", new { name = "admin", roles = new[] { "admin" } })).Expect(HttpStatusCode.Created).Json["key"]!.GetValue<string>();
        using var api = new ApiClient(steps.Platform.Address, key);
        await Until.True(async () => (await api.Get("/api/v1/servers")).Status == HttpStatusCode.OK, Steps.Propagation);
        return (id, key);
    }

    private static async Task<(string Id, string Text)> NewKey(ApiClient api, string name, params string[] roles)
    {
        var json = (await api.Post("/api/v1/keys", new { name, roles })).Expect(HttpStatusCode.Created).Json;
        return (json["id"]!.GetValue<string>(), json["key"]!.GetValue<string>());
    }
}
