using McpPlatform.Hosting;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.Policy.Domain;

namespace McpPlatform.Policy.Infrastructure.Bootstrap;

/// <summary>
/// Gets the first admin key, and hands it to whoever starts the platform: the one in <c>MCPP_BOOTSTRAP_ADMIN_KEY</c> or in the file that
/// <c>MCPP_BOOTSTRAP_ADMIN_KEY_FILE</c> names, or a new one, shown on the terminal, or else written to <c>{data}/bootstrap-admin-key</c> for its user only. It is never logged.
/// </summary>
internal sealed class BootstrapKey(IConfiguration configuration, PlatformFolders folders) : IBootstrapKey
{
    public const string TextSetting = "MCPP_BOOTSTRAP_ADMIN_KEY";
    public const string Setting = "MCPP_BOOTSTRAP_ADMIN_KEY_FILE";
    public const string FileName = "bootstrap-admin-key";

    /// <inheritdoc />
    public async Task<ApiKeyText> Obtain(CancellationToken cancellationToken)
    {
        if (configuration[TextSetting] is { Length: > 0 } given)
        {
            return Parsed(given.Trim(), TextSetting);
        }

        if (configuration[Setting] is not { Length: > 0 } path)
        {
            return ApiKeyText.New();
        }

        string text;
        try
        {
            text = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{Setting} names {path}, which cannot be read: {e.Message}", e);
        }

        return Parsed(text, $"The file that {Setting} names");
    }

    /// <inheritdoc />
    public async Task Deliver(ApiKeyText key, CancellationToken cancellationToken)
    {
        if (configuration[TextSetting] is { Length: > 0 } || configuration[Setting] is { Length: > 0 })
        {
            return;
        }

        if (!Console.IsOutputRedirected)
        {
            await Console.Out.WriteLineAsync($"Admin key (shown only now, keep it): {key.Reveal()}".AsMemory(), cancellationToken);
            return;
        }

        CreateRoot();
        var path = Path.Combine(folders.Root, FileName);
        PlatformFolders.WriteSecret(path, key.Reveal() + "\n");
        await Console.Out.WriteLineAsync($"Admin key written to {path}; keep it elsewhere and delete the file.".AsMemory(), cancellationToken);
    }

    private static ApiKeyText Parsed(string text, string source) => ApiKeyText.TryParse(text, out var key)
        ? key
        : throw new InvalidOperationException($"{source} holds no key. Write mcpp_, 8 hex digits, _, and 43 of A-Z, a-z, 0-9, '-', '_' from 32 random bytes.");

    private void CreateRoot()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folders.Root);
        }
        else
        {
            Directory.CreateDirectory(folders.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
