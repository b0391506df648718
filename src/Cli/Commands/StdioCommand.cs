using System.CommandLine;
using System.Runtime.InteropServices;
using McpPlatform.Cli.Stdio;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp stdio</c>: the gateway as an MCP server on standard input and output, for clients that start their servers as processes.</summary>
internal static class StdioCommand
{
    public static Command Create(CommandFactory factory)
    {
        var server = new Option<string?>("--server") { Description = "One server, under its own names (else all of them, as server__tool)", HelpName = "NAME" };
        var set = new Option<string?>("--set") { Description = "One tool set, under its names", HelpName = "NAME" };
        return factory.Verb("stdio", "Be an MCP server on stdin and stdout for desktop clients (Claude Desktop, Cursor, ...), with the gateway behind it", async context =>
        {
            if (context.Get(server) is not null && context.Get(set) is not null)
            {
                throw CliException.Usage("Give --server or --set.");
            }

            var endpoint = new Uri(
                context.Settings.Url, context.Get(server) is { } name ? $"mcp/servers/{Arguments.Segment(name)}" : context.Get(set) is { } chosen ? $"mcp/sets/{Arguments.Segment(chosen)}" : "mcp");
            using var http = new GatewayHttp(endpoint, context.Settings.RequiredKey, TimeProvider.System);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);

            // Clients end their servers by it, and the session should end with them.
            using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, received =>
            {
                received.Cancel = true;
                stop.Cancel();
            });
            await using var input = context.Terminal.OpenInput();
            await using var output = context.Terminal.OpenOutput();
            await using var bridge = new StdioBridge(http, input, output, context.Terminal.Error, TimeProvider.System, stop.Token);
            var isClient = await bridge.Run();
            return stop.IsCancellationRequested ? ExitCode.Interrupted : isClient ? ExitCode.Ok : ExitCode.Failed;
        }, server, set);
    }
}
