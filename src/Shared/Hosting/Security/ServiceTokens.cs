using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace McpPlatform.Hosting.Security;

/// <summary>
/// The internal credential: a token of at most 60 s, signed with the platform's internal key, that says which service calls and, when it forwards a
/// request, for whom. It does not depend on any snapshot.
/// </summary>
public sealed class ServiceTokens
{
    /// <summary>Sets service tokens apart from API keys.</summary>
    public const string Prefix = "mcpps_";

    /// <summary>60 s: longer than the skew between our machines, shorter than anything worth stealing.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly byte[] _key;
    private readonly TimeProvider _clock;

    internal ServiceTokens(string internalKey, TimeProvider clock)
    {
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(internalKey), 32, info: "mcpp service token v1"u8.ToArray());
        _clock = clock;
    }

    /// <summary>Makes a token for one call from <paramref name="service"/>, on behalf of <paramref name="caller"/> when it forwards a request.</summary>
    public string Issue(string service, Caller? caller = null)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new Payload(
            service,
            (_clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds(),
            caller?.TenantId,
            caller?.Subject,
            caller?.KeyId,
            caller?.Permissions));
        var text = Base64Url.EncodeToString(payload);
        return $"{Prefix}{text}.{Base64Url.EncodeToString(Sign(text))}";
    }

    /// <summary>Verifies a token. Null when it is malformed, expired, or signed with another key.</summary>
    public Caller? Verify(ReadOnlySpan<char> token)
    {
        if (!token.StartsWith(Prefix) || token.Length > 16 * 1024)
        {
            return null;
        }

        var body = token[Prefix.Length..];
        var dot = body.IndexOf('.');
        if (dot < 1 || !Base64Url.IsValid(body[..dot]) || !Base64Url.IsValid(body[(dot + 1)..]))
        {
            return null;
        }

        var text = body[..dot].ToString();
        if (!CryptographicOperations.FixedTimeEquals(Base64Url.DecodeFromChars(body[(dot + 1)..]), Sign(text)))
        {
            return null;
        }

        var payload = JsonSerializer.Deserialize<Payload>(Base64Url.DecodeFromChars(text))!;
        if (payload.Expires < _clock.GetUtcNow().ToUnixTimeSeconds())
        {
            return null;
        }

        return new Caller(payload.Tenant ?? Guid.Empty, payload.Subject ?? $"service:{payload.Service}", payload.Key, payload.Permissions ?? [], payload.Service);
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text));

    private sealed record Payload(string Service, long Expires, Guid? Tenant, string? Subject, Guid? Key, IReadOnlyList<string>? Permissions);
}
