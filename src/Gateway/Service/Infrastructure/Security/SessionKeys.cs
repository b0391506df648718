using System.Security.Cryptography;
using System.Text.Json;
using McpPlatform.Hosting;
using McpPlatform.Mcp.AspNetCore;

namespace McpPlatform.Gateway.Infrastructure.Security;

/// <summary>
/// The keys that seal sessions, in <c>keys/sessions.json</c> of the data folder: made once, then only read. Replicas share sessions when they are given the
/// same file; to rotate, put a new key in front.
/// </summary>
internal static class SessionKeys
{
    /// <summary>Reads the ring, or makes it. Throws <see cref="InvalidOperationException"/> when the file holds something else: making a new one would end all sessions silently.</summary>
    public static SessionKeyRing Load(PlatformFolders folders)
    {
        var path = Path.Combine(folders.Keys, "sessions.json");
        if (!File.Exists(path))
        {
            var made = new[] { new Entry(1, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))) };
            PlatformFolders.WriteSecret(path, JsonSerializer.Serialize(made, Json.Options), keepExisting: true);
        }

        try
        {
            var entries = JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(path), Json.Options) ?? [];
            return new SessionKeyRing([.. entries.Select(entry => new SessionKey(entry.Id, Convert.FromHexString(entry.Secret)))]);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"{path} is no session key ring: a list of {{\"id\":1..255,\"secret\":64 hex digits}} is expected. Restore it, or delete it to end all sessions.", exception);
        }
    }

    private sealed record Entry(byte Id, string Secret);
}
