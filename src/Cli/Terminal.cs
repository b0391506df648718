namespace McpPlatform.Cli;

/// <summary>The world around one run, so that tests can be it.</summary>
/// <param name="OutIsTerminal">True when a person looks at <paramref name="Out"/>: colours, and tables as wide as the window.</param>
/// <param name="InIsTerminal">True when <paramref name="In"/> is a keyboard and reading it would wait for a person.</param>
/// <param name="Width">Columns of the terminal.</param>
/// <param name="Environment">Value of an environment variable, or null.</param>
/// <param name="ConfigFile">Where <c>mcpp login</c> keeps address and key.</param>
/// <param name="Folder">The current folder.</param>
internal sealed record Terminal(
    TextReader In,
    TextWriter Out,
    TextWriter Error,
    bool InIsTerminal,
    bool OutIsTerminal,
    int Width,
    Func<string, string?> Environment,
    string ConfigFile,
    string Folder)
{
    /// <summary>All variables of the environment.</summary>
    public Func<IReadOnlyDictionary<string, string>> WholeEnvironment { get; init; } = Configuration.LoadedConfiguration.ProcessEnvironment;

    /// <summary>Standard input as bytes, for who reads no text of people.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Standard output as bytes.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    public static Terminal OfProcess()
    {
        var config = System.Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".config");
        return new Terminal(
            Console.In,
            Console.Out,
            Console.Error,
            !Console.IsInputRedirected,
            !Console.IsOutputRedirected,
            Console.IsOutputRedirected ? int.MaxValue : Math.Max(40, Console.WindowWidth),
            System.Environment.GetEnvironmentVariable,
            Path.Combine(config, "mcpplatform", "config.json"),
            Directory.GetCurrentDirectory());
    }
}
