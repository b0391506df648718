using System.CommandLine;

namespace McpPlatform.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>In <c>servers add</c>, where <c>--url</c> is the server's, <c>--platform</c> still is the platform's.</summary>
    public Option<string?> Url { get; } = new("--url", "--platform")
    {
        Description = "Address of the platform (else MCPP_URL, the config file, http://127.0.0.1:8080)",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> Key { get; } = new("--key")
    {
        Description = "API key; other users of this machine can see it, prefer --key-file (else MCPP_KEY, the config file)",
        HelpName = "KEY",
        Recursive = true,
    };

    public Option<string?> KeyFile { get; } = new("--key-file") { Description = "File that holds the API key", HelpName = "FILE", Recursive = true };

    public Option<bool> Json { get; } = new("--json") { Description = "Print the platform's answer as JSON", Recursive = true };

    public void AddTo(Command root)
    {
        root.Options.Add(Url);
        root.Options.Add(Key);
        root.Options.Add(KeyFile);
        root.Options.Add(Json);
    }
}
