using System.CommandLine;

namespace McpPlatform.Cli;

/// <summary>Makes commands whose actions get a <see cref="CommandContext"/>.</summary>
internal sealed record CommandFactory(Terminal Terminal, GlobalOptions Options)
{
    /// <summary>A noun with its verbs. Alone it does what its verb <c>list</c> does, when it has one.</summary>
    public static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Subcommands.Add(command);
        }

        if (commands.FirstOrDefault(c => c.Name == "list") is { } list)
        {
            group.Action = list.Action;
            foreach (var option in list.Options)
            {
                group.Options.Add(option);
            }
        }

        return group;
    }

    /// <summary>A command that does something. The symbols are its options and arguments, in the order in which help shows them.</summary>
    public Command Verb(string name, string description, Func<CommandContext, Task<int>> run, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
            {
                command.Options.Add(option);
            }
            else
            {
                command.Arguments.Add((Argument)symbol);
            }
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            using var context = new CommandContext(parse, Terminal, Options, cancellationToken);
            return await run(context);
        });
        return command;
    }
}
