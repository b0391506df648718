using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Policy;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Builders of snapshots with defaults: tenant <c>default</c>, role <c>caller</c> that may call every tool.</summary>
internal static class Snapshots
{
    public const string Key = "mcpp_00000001_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    public const string AllowAll = """{"roles":[{"name":"caller","grants":[{"id":"all","effect":"allow","actions":["tools:call"],"resources":["*"]}]}]}""";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static PolicySnapshot Policy(long version, params TenantPolicy[] tenants) =>
        new(version, DateTimeOffset.UnixEpoch, tenants.Length == 0 ? [Tenant()] : tenants);

    public static TenantPolicy Tenant(string document = AllowAll, bool active = true, Guid? id = null, string slug = "default", params KeyGrant[] keys) =>
        new(id ?? DefaultTenant.Id, slug, active, Element(document), keys.Length == 0 ? [Grant()] : keys);

    public static KeyGrant Grant(string key = Key, string role = "caller", DateTimeOffset? expires = null, string subject = "alice") =>
        new(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))), subject, [role], [], expires);

    public static RegistrySnapshot Registry(long version, params ServerEntry[] servers) => new(version, DateTimeOffset.UnixEpoch, servers);

    public static ServerEntry Server(string slug, params string[] tools) => new(
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(slug)).AsSpan(0, 16)),
        DefaultTenant.Id, slug, slug, true, "", [], new ServerConnection("http", "http://127.0.0.1:1/mcp", null, true, [], []), "",
        [.. tools.Select(Tool)]);

    public static ToolDefinition Tool(string name) =>
        new(name, "", Element($$$"""{"name":{{{JsonSerializer.Serialize(name)}}},"x":9007199254740993.0,"inputSchema":{"type":"object"}}"""));

    public static byte[] Bytes<T>(T snapshot) => JsonSerializer.SerializeToUtf8Bytes(snapshot, Json);

    private static JsonElement Element(string json) => JsonDocument.Parse(json).RootElement;
}
