using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Stdio;

/// <summary>What the bridge tells on standard error, which desktop clients keep as the server's log: never what messages say.</summary>
internal sealed class BridgeLog(TextWriter error)
{
    private readonly TextWriter _error = TextWriter.Synchronized(error);

    public void Say(string message) => _error.WriteLine($"mcpp stdio: {SafeText.Line(message)}");
}
