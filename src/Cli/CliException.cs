namespace McpPlatform.Cli;

/// <summary>Ends the command with a message for people and an <see cref="Cli.ExitCode"/>; caught in one place, <see cref="Mcpp"/>.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string message) => new(Cli.ExitCode.Usage, message);

    public static CliException Failed(string message) => new(Cli.ExitCode.Failed, message);
}
