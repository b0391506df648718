namespace McpPlatform.Configuration;

/// <summary>Where a configuration is looked for when nobody names one.</summary>
public static class ConfigFiles
{
    public const string Name = "mcpplatform";

    private static readonly string[] Endings = [".yaml", ".yml", ".json", ".toml"];

    /// <summary>In this order: the folder, the user's config folder, /etc/mcpplatform; in each of them yaml, yml, json, toml.</summary>
    public static IReadOnlyList<string> Candidates(string folder) =>
    [
        .. from place in (string[])
            [
                Path.GetFullPath(folder),
                Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), Name),
                $"/etc/{Name}",
            ]
            from ending in Endings
            select Path.Combine(place, Name + ending),
    ];

    /// <summary>The file that is named, whether it exists or not; else the first of the candidates that exists; else null.</summary>
    public static string? Find(string? named, string folder) => named is { Length: > 0 } ? Path.GetFullPath(named, folder) : Candidates(folder).FirstOrDefault(File.Exists);
}
