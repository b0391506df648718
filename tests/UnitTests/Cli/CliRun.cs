using McpPlatform.Cli;

namespace McpPlatform.UnitTests.Cli;

/// <summary>How one run of <c>mcpp</c> ended.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error);

/// <summary>Runs <c>mcpp</c> in this process, in a folder of its own.</summary>
internal sealed class CliRun : IDisposable
{
    private readonly Dictionary<string, string> _environment = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("mcpp-cli-").FullName;

    public string ConfigFile => Path.Combine(Folder, "config", "config.json");

    public CliRun With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    /// <summary>With address and a key from the environment.</summary>
    public static CliRun At(FakePlatform platform) => new CliRun().With("MCPP_URL", platform.Url).With("MCPP_KEY", "mcpp_test");

    public Task<CliResult> Run(params string[] args) => RunWithInput("", args);

    public async Task<CliResult> RunWithInput(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(new StringReader(input), output, error, false, false, int.MaxValue, _environment.GetValueOrDefault, ConfigFile, Folder) { WholeEnvironment = () => _environment };
        var exitCode = await Mcpp.Run(args, terminal, CancellationToken.None);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
