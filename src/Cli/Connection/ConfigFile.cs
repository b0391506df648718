using System.Text.Json;

namespace McpPlatform.Cli.Connection;

/// <summary>The user's config file: <c>{"url":…,"key":…}</c>, readable by its user only. Absent = empty.</summary>
internal sealed record ConfigFile(string? Url, string? Key)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static ConfigFile Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ConfigFile>(File.ReadAllText(path), Json) ?? new ConfigFile(null, null) : new ConfigFile(null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw CliException.Usage($"The config file {path} cannot be used: {e.Message} Write it anew with 'mcpp login'.");
        }
    }

    /// <summary>The stored key, for the stored address only: a key never goes to another platform because the address was overridden.</summary>
    public string? KeyFor(string address) => Url is not null && string.Equals(Url.TrimEnd('/'), address.TrimEnd('/'), StringComparison.OrdinalIgnoreCase) ? Key : null;

    /// <summary>Writes the file, whole or not at all, with access for its user only from the first byte on.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(file, this, Json);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
