using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace McpPlatform.Hosting.Security;

/// <summary>
/// The platform's two keys. There is no default for either: a process of a distributed platform that lacks one does not start. A process that hosts
/// everything makes its own: the internal key anew at each start, the master key once.
/// </summary>
internal sealed class PlatformKeys
{
    /// <summary>32 characters: less could be guessed offline from one captured token.</summary>
    private const int MinLength = 32;

    public required string Internal { get; init; }

    public required byte[] Master { get; init; }

    public static PlatformKeys Load(IConfiguration configuration, PlatformFolders folders, bool hostsEverything) => new()
    {
        Internal = Read(configuration, "MCPP_INTERNAL_KEY")
            ?? (hostsEverything ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) : throw Missing("MCPP_INTERNAL_KEY", "signs what the services say to one another")),
        Master = Bytes(Read(configuration, "MCPP_MASTER_KEY")
            ?? (hostsEverything ? OwnMasterKey(folders) : throw Missing("MCPP_MASTER_KEY", "encrypts stored credentials"))),
    };

    private static string? Read(IConfiguration configuration, string name)
    {
        var text = configuration[name];
        if (string.IsNullOrEmpty(text) && configuration[name + "_FILE"] is { Length: > 0 } file)
        {
            text = File.Exists(file) ? File.ReadAllText(file).Trim() : throw new InvalidOperationException($"{name}_FILE names a file that does not exist: {file}.");
        }

        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return text.Length >= MinLength ? text : throw new InvalidOperationException($"{name} is too short: use at least {MinLength} characters, for example the output of 'openssl rand -hex 32'.");
    }

    private static string OwnMasterKey(PlatformFolders folders)
    {
        var path = Path.Combine(folders.Keys, "master.key");
        if (!File.Exists(path))
        {
            PlatformFolders.WriteSecret(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), keepExisting: true);
        }

        return File.ReadAllText(path).Trim();
    }

    private static byte[] Bytes(string text) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));

    private static InvalidOperationException Missing(string name, string purpose) =>
        new($"{name} is not set. It {purpose}; give every process the same one, as {name} or as a file in {name}_FILE (for example 'openssl rand -hex 32').");
}
