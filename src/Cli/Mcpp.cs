using System.CommandLine;
using McpPlatform.Cli.Commands;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli;

/// <summary>The command line: which verbs there are, and how every ending becomes a message and an <see cref="ExitCode"/>.</summary>
internal static class Mcpp
{
    public static RootCommand Create(CommandFactory factory)
    {
        var root = new RootCommand(
            """
            mcpp: the command line of McpPlatform.

            Exit codes: 0 ok, 1 refused or failed, 2 called wrongly, 3 the platform does not answer, 130 interrupted.
            """);
        factory.Options.AddTo(root);
        root.Subcommands.Add(ServerCommands.Create(factory));
        root.Subcommands.Add(ToolCommands.Create(factory));
        root.Subcommands.Add(RouteCommands.Create(factory));
        root.Subcommands.Add(IntegrationCommands.Create(factory));
        root.Subcommands.Add(SetCommands.Create(factory));
        root.Subcommands.Add(CallCommand.Create(factory));
        root.Subcommands.Add(StdioCommand.Create(factory));
        root.Subcommands.Add(KeyCommands.Create(factory));
        root.Subcommands.Add(PolicyCommands.Create(factory));
        root.Subcommands.Add(PackCommands.Create(factory));
        root.Subcommands.Add(DeployCommands.Create(factory));
        root.Subcommands.Add(ZoneCommands.Create(factory));
        root.Subcommands.Add(TraceCommands.Create(factory));
        root.Subcommands.Add(SecretCommands.Create(factory));
        root.Subcommands.Add(CacheCommands.Create(factory));
        root.Subcommands.Add(HealthCommand.Create(factory));
        root.Subcommands.Add(DoctorCommand.Create(factory));
        root.Subcommands.Add(MetricsCommand.Create(factory));
        root.Subcommands.Add(ConfigCommands.Create(factory));
        root.Subcommands.Add(LoginCommand.Create(factory));
        return root;
    }

    public static async Task<int> Run(string[] args, Terminal terminal, CancellationToken cancellationToken)
    {
        var parse = Create(new CommandFactory(terminal, new GlobalOptions())).Parse(args);
        if (parse.Errors.Count > 0)
        {
            foreach (var error in parse.Errors)
            {
                await terminal.Error.WriteLineAsync(SafeText.Line(error.Message));
            }

            await terminal.Error.WriteLineAsync("Add --help to see how it is called.");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parse.InvokeAsync(invocation, cancellationToken);
        }
        catch (CliException e)
        {
            await terminal.Error.WriteLineAsync(SafeText.Lines(e.Message));
            return e.ExitCode;
        }
        catch (ApiException e)
        {
            await terminal.Error.WriteLineAsync(SafeText.Lines(e.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
