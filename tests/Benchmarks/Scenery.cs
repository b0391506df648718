using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpPlatform.Benchmarks.Sessions;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;

namespace McpPlatform.Benchmarks;

/// <summary>What gateways know in these measurements: many servers and keys, one of them the caller's.</summary>
internal static class Scenery
{
    public const string Key = "mcpp_00000001_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>Of somebody who may read metrics.</summary>
    public const string Observer = "mcpp_00000000_OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO";

    /// <summary>Of other callers, from 1 on: each has a name of its own.</summary>
    public static string Other(int number) => $"mcpp_{number + 1:x8}_{new string('B', 43)}";

    public const int Servers = 100;

    public const int ToolsEach = 10;

    /// <summary>Of keys, servers and the tenant, as limits of their own: beyond all that is measured, whatever the platform's own are.</summary>
    private const int NoLimit = 100_000_000;

    public static readonly Guid Tenant = new("00000000-0000-7000-8000-000000000001");

    /// <summary>The caller holds roles of this many rules in all, of which one allows: a third are about a server, a third about a tool of all servers, the rest about several of either.</summary>
    public static PolicySnapshot Policy(int keys, int rules)
    {
        // A role has at most 500 rules.
        var denials = Enumerable.Range(0, rules - 1).Select(Denial).Chunk(400).Select((chunk, i) => $$"""{"name":"caller-{{i}}","grants":[{{string.Join(',', chunk)}}]}""").ToArray();
        const string allow = """{"name":"caller","grants":[{"id":"all","effect":"allow","actions":["tools:call"],"resources":["*"]}]}""";
        var document = JsonDocument.Parse($$"""{"roles":[{{string.Join(',', [.. denials, allow])}}]}""").RootElement;
        string[] roles = ["caller", .. denials.Select((_, i) => $"caller-{i}")];
        var others = Enumerable.Range(1, keys - 2).Select(i => Grant(Other(i), "caller") with { Subject = $"caller-{i}" });
        return new PolicySnapshot(1, DateTimeOffset.UnixEpoch, [new TenantPolicy(Tenant, "default", true, document, [Grant(Key, roles), Grant(Observer, "viewer"), .. others], MaxConcurrency: NoLimit)]);
    }

    /// <summary>Servers <c>bench</c> (at <paramref name="upstream"/>) and <c>server-1</c>…, with tools <c>echo</c> and <c>tool_1</c>… each.</summary>
    /// <param name="remembering">Of one more server of that name, of the legacy era only; null = there is none.</param>
    /// <param name="kept">With one more server, <c>kept</c>, results of which are kept for an hour.</param>
    public static RegistrySnapshot Registry(Uri upstream, int servers, int toolsEach, Uri? remembering = null, bool kept = false) => new(
        1,
        DateTimeOffset.UnixEpoch,
        [.. Enumerable.Range(0, servers).Select(i => Server(i == 0 ? "bench" : $"server-{i}", upstream, toolsEach)), .. remembering is null ? [] : new[] { Remembering(remembering) },
         .. kept ? new[] { Server("kept", upstream, 1) with { Cache = new ServerCache(["echo"], 3_600_000) } } : []]);

    private static ServerEntry Remembering(Uri address) => Server("remembering", address, 1) with
    {
        Tools = [new ToolDefinition("count", "", JsonElement.Parse(RememberingServer.Tool))],
        Offer = new ServerOffer(new ServerFace("2025-11-25", JsonElement.Parse(RememberingServer.Capabilities), null), null, [], [], []),
    };

    private static ServerEntry Server(string slug, Uri upstream, int tools) => new(
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(slug)).AsSpan(0, 16)), Tenant, slug, slug, true, "", [],
        new ServerConnection("http", upstream.AbsoluteUri, null, true, [], []), "",
        [.. Enumerable.Range(0, tools).Select(i => Tool(i == 0 ? "echo" : $"tool_{i}"))],
        Limits: new ServerLimits(MaxConcurrency: NoLimit));

    private static ToolDefinition Tool(string name) => new(
        name,
        "",
        JsonDocument.Parse($$$$$"""{"name":"{{{{{name}}}}}","description":"A tool.","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}""").RootElement);

    private static string Denial(int i)
    {
        var resource = (i % 3) switch
        {
            0 => $"\"tool:other-{i}/*\"",
            1 => $"\"tool:*/delete_{i}\"",
            _ => $"\"tool:team-{i}/*\",\"tool:*/drop_{i}\",\"server:old-{i}*\"",
        };
        return $$"""{"id":"deny-{{i}}","effect":"deny","actions":["tools:call"],"resources":[{{resource}}]}""";
    }

    private static KeyGrant Grant(string key, params string[] roles)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return new KeyGrant(new Guid(hash.AsSpan(0, 16)), Convert.ToHexStringLower(hash), "alice", roles, [], null, Rate: NoLimit, Burst: NoLimit);
    }
}
