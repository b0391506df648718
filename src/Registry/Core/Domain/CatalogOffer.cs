using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;

namespace McpPlatform.Registry.Domain;

/// <summary>What a server says of itself and offers besides tools, as of its last good look.</summary>
public sealed class CatalogOffer : ITenantOwned
{
    private CatalogOffer()
    {
        // EF
    }

    public Guid Id { get; private set; }

    public Guid TenantId { get; private set; }

    public Guid ServerId { get; private set; }

    /// <summary>SHA-256 of <see cref="Body"/>, lower-case hex.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>The offer as JSON text, definitions member for member as the server sent them.</summary>
    public string Body { get; private set; } = "{}";

    public ServerOffer Offer => JsonSerializer.Deserialize<ServerOffer>(Body)!;

    public static CatalogOffer Of(Guid tenantId, Guid serverId, DateTimeOffset now) =>
        new() { Id = Guid.CreateVersion7(now), TenantId = tenantId, ServerId = serverId };

    /// <summary>The text that is stored for an offer.</summary>
    public static string TextOf(ServerOffer offer) => JsonSerializer.Serialize(offer);

    /// <summary>Whether a text is what is stored.</summary>
    public bool Says(string body) => HashOf(body) == Hash;

    public void Take(string body) => (Hash, Body) = (HashOf(body), body);

    private static string HashOf(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
}
