namespace McpPlatform.Cli.Connection;

/// <summary>Where the platform is and who calls it.</summary>
/// <param name="Key">Null when none was given anywhere: only <c>health</c> works then.</param>
internal sealed record ConnectionSettings(Uri Url, string? Key)
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>For commands that do nothing without one.</summary>
    public string RequiredKey =>
        Key ?? throw CliException.Usage("No API key: use 'mcpp login', MCPP_KEY or --key-file. The first start of the platform showed one, or wrote it to a file.");

    /// <summary>Each by option, else environment (<c>MCPP_URL</c>, <c>MCPP_KEY</c>), else the config file. A key file that cannot be read is an error, not "no key".</summary>
    public static ConnectionSettings Resolve(string? url, string? key, string? keyFile, Terminal terminal)
    {
        if (key is not null && keyFile is not null)
        {
            throw CliException.Usage("Give --key or --key-file, not both.");
        }

        var file = ConfigFile.Read(terminal.ConfigFile);
        var address = NotEmpty(url) ?? NotEmpty(terminal.Environment("MCPP_URL")) ?? file.Url ?? DefaultUrl;
        var secret = NotEmpty(key)
            ?? (keyFile is null ? null : ReadKey(Path.Combine(terminal.Folder, keyFile)))
            ?? NotEmpty(terminal.Environment("MCPP_KEY"))
            ?? file.KeyFor(address);
        return new ConnectionSettings(ParseUrl(address), secret?.Trim());
    }

    public static Uri ParseUrl(string address) =>
        Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.UserInfo.Length == 0
            ? url
            : throw CliException.Usage($"'{address}' is no address of a platform; it looks like http://127.0.0.1:8080.");

    private static string ReadKey(string path)
    {
        try
        {
            return NotEmpty(File.ReadAllText(path).Trim()) ?? throw CliException.Usage($"The key file {path} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"The key file {path} cannot be read: {e.Message}");
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
