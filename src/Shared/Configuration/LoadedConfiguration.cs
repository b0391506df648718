using System.Collections;
using System.Security.Cryptography;
using McpPlatform.Configuration.Binding;
using McpPlatform.Configuration.Model;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration;

/// <summary>A configuration that was read, with what is wrong with it and where everything stands.</summary>
/// <param name="Problems">Empty when it can be used. With any of them nothing of it may be.</param>
/// <param name="Values">Every value in force, with its origin; secrets are hidden.</param>
/// <param name="Files">Absolute paths of further files that values were taken from.</param>
/// <param name="Hash">Of everything that went in, secrets included: equal hashes mean equal configurations. Keyed by the process: tells nothing outside of it.</param>
public sealed record LoadedConfiguration(
    string Source,
    PlatformConfiguration Configuration,
    IReadOnlyList<ConfigProblem> Problems,
    IReadOnlyList<ConfigValue> Values,
    IReadOnlyCollection<string> Files,
    string Hash)
{
    /// <summary>A text has no more than 1 MiB.</summary>
    public const int MaxBytes = ConfigText.MaxBytes;

    private static readonly byte[] HashKey = RandomNumberGenerator.GetBytes(32);

    private Dictionary<string, Mark> Places { get; init; } = [];

    /// <summary>Where the members of a text that was sent stand in the file that it was made of.</summary>
    private Dictionary<string, string> Origins { get; init; } = [];

    /// <summary>Where a member stands, or the nearest thing around it: <c>mcpplatform.yaml:12</c>.</summary>
    public string OriginOf(string path) => Origins.TryGetValue(path, out var origin) ? origin : PlaceOf(path);

    private string PlaceOf(string path) => Together.Place(Places, path).Origin is { Length: > 0 } origin ? origin : Source;

    /// <summary>A problem of this configuration that somebody else found.</summary>
    public ConfigProblem Problem(string path, string reason, string fix) => new(Together.Place(Places, path), path, reason, fix);

    /// <summary>Reads a file with the environment over it. A file that cannot be read is a problem, not an exception.</summary>
    public static LoadedConfiguration OfFile(string path, IReadOnlyDictionary<string, string> environment)
    {
        var source = Path.GetFileName(path);
        var start = new Mark(source, 0, 0);
        if (ConfigText.FormatOf(path) is not { } format)
        {
            return Failed(source, new ConfigProblem(start, "", "The ending of its name tells no format.", "Name it .yaml, .yml, .json or .toml."));
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[ConfigText.MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Read(bytes.AsSpan(0, length), format, source, environment, Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Failed(source, new ConfigProblem(start, "", $"It cannot be read ({exception.GetType().Name}).", "Check that it is there and that this process may read it."));
        }
    }

    /// <summary>Reads a text that came from elsewhere: references are refused, and nothing of this process's environment is in it.</summary>
    public static LoadedConfiguration OfText(ReadOnlySpan<byte> bytes, ConfigFormat format, string source) => Read(bytes, format, source, new Dictionary<string, string>(), folder: null);

    /// <summary>The launchers alone, by the rules of the whole: other sections are not looked at.</summary>
    public static (IReadOnlyDictionary<string, LauncherSection> Launchers, IReadOnlyList<ConfigProblem> Problems) LaunchersOf(ReadOnlySpan<byte> bytes, ConfigFormat format)
    {
        try
        {
            var root = ConfigText.Parse(bytes, format, ConfigFiles.Name);
            root.Entries.RemoveAll(e => e.Key != "launchers");
            var problems = new ProblemList();
            var read = (PlatformConfiguration)new Binder(new References(_ => null, folder: null), problems).Section(typeof(PlatformConfiguration), root, "")!;
            return (read.Launchers, problems.Items);
        }
        catch (UnreadableException unreadable)
        {
            return (new Dictionary<string, LauncherSection>(), [unreadable.Problem]);
        }
    }

    /// <summary>By the ending of a file's name; null for others.</summary>
    public static ConfigFormat? FormatOf(string path) => ConfigText.FormatOf(path);

    /// <summary>What the environment alone says; null when it says nothing.</summary>
    public static LoadedConfiguration? OfEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        if (!environment.TryGetValue(OneServer.Url, out var url) || url.Length == 0)
        {
            return null;
        }

        return Finish(new MapNode(new Mark(OneServer.Url, 0, 0), []), [], "environment", environment, Directory.GetCurrentDirectory());
    }

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => e.Value as string ?? "", StringComparer.Ordinal);

    private static LoadedConfiguration Read(ReadOnlySpan<byte> bytes, ConfigFormat format, string source, IReadOnlyDictionary<string, string> environment, string? folder)
    {
        try
        {
            return Finish(ConfigText.Parse(bytes, format, source), bytes, source, environment, folder);
        }
        catch (UnreadableException unreadable)
        {
            return Failed(source, unreadable.Problem);
        }
    }

    private static LoadedConfiguration Finish(MapNode root, ReadOnlySpan<byte> bytes, string source, IReadOnlyDictionary<string, string> environment, string? folder)
    {
        var problems = new ProblemList();
        var origins = folder is null ? Sent.TakeOrigins(root, problems) : [];
        if (folder is not null)
        {
            OneServer.Apply(root, environment.GetValueOrDefault, problems);
            EnvironmentOver.Apply(root, environment, problems);
        }

        var references = new References(environment.GetValueOrDefault, folder);
        var binder = new Binder(references, problems);
        var configuration = (PlatformConfiguration?)binder.Section(typeof(PlatformConfiguration), root, "") ?? new PlatformConfiguration();
        if (problems.Items.Count == 0)
        {
            Together.Check(configuration, binder.Places, problems);
        }

        return new LoadedConfiguration(source, configuration, problems.Items, binder.Values, references.Files, Hashed(bytes, configuration)) { Places = binder.Places, Origins = origins };
    }

    private static LoadedConfiguration Failed(string source, ConfigProblem problem) => new(source, new PlatformConfiguration(), [problem], [], [], problem.ToString());

    private static string Hashed(ReadOnlySpan<byte> bytes, PlatformConfiguration configuration)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, HashKey);
        hash.AppendData(bytes);
        hash.AppendData(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(configuration));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
