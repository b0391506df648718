using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;

namespace McpPlatform.Registry.Application.Servers;

/// <summary>Encrypts a server's headers and variables, each bound to tenant, server and its own name.</summary>
internal static class SecretSet
{
    public static StoredSecret[] Headers(this ISecretProtector protector, Guid tenantId, Guid serverId, IReadOnlyDictionary<string, string>? values) =>
        Seal(protector, tenantId, serverId, values, static name => $"header:{name.ToLowerInvariant()}");

    public static StoredSecret[] Variables(this ISecretProtector protector, Guid tenantId, Guid serverId, IReadOnlyDictionary<string, string>? values) =>
        Seal(protector, tenantId, serverId, values, static name => $"variable:{name}");

    private static StoredSecret[] Seal(ISecretProtector protector, Guid tenantId, Guid serverId, IReadOnlyDictionary<string, string>? values, Func<string, string> field) =>
        values is null ? [] : [.. values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new StoredSecret(v.Key, protector.Protect(new SecretText(v.Value), new SecretPlace(tenantId, serverId, field(v.Key)))))];
}
