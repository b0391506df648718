namespace McpPlatform.Cli.Launchers;

/// <summary>How the operator lets a stdio server be started.</summary>
/// <param name="Variables">Names of the variables that a registration may fill.</param>
internal sealed record Launcher(string Name, string Command, IReadOnlyList<string> Arguments, IReadOnlyList<string> Variables);
