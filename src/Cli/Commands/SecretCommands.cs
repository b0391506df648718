using System.CommandLine;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp secrets</c>: credentials that packs refer to by name. They go in and never come out.</summary>
internal static class SecretCommands
{
    private const string Secrets = "/api/v1/secrets";

    private static readonly Argument<string> Name = new("NAME") { Description = "Name of the secret" };

    public static Command Create(CommandFactory factory) => CommandFactory.Group("secrets", "Credentials by name", List(factory), Set(factory), Remove(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the names", async context =>
        {
            context.Print.List(
                await context.Api.List(Secrets, context.Get(limit), context.Cancellation),
                "secrets",
                new("NAME", "name"),
                new("ONLY FOR HOSTS", "allowed_hosts"),
                Column.Time("UPDATED", "updated_at"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Set(CommandFactory factory)
    {
        var file = new Option<string>("--file", "-f")
        {
            Description = "File with the value; - is standard input. Not an option of its own: other users could see it",
            HelpName = "FILE",
            DefaultValueFactory = _ => "-",
        };
        var host = new Option<string[]>("--host") { Description = "Host that it may be sent to (api.example.com, *.example.com); may be given several times", HelpName = "HOST" };
        return factory.Verb("set", "Store a value, or replace it; a line end at its end is dropped", async context =>
        {
            if (context.Get(file) == "-" && context.Terminal.InIsTerminal)
            {
                context.Print.Progress("The value, then Ctrl+D:");
            }

            var value = (await Arguments.ReadText(context, context.Get(file)!)).TrimEnd('\r', '\n');
            if (value.Length == 0)
            {
                throw CliException.Usage("The value is empty.");
            }

            var name = context.Get(Name);
            var answer = await context.Api.Put($"{Secrets}/{Arguments.Segment(name)}", Arguments.Body(("value", value), ("allowed_hosts", Arguments.Texts(context.Get(host)))), context.Cancellation);
            context.Print.Done($"Stored {name}.", answer);
            return ExitCode.Ok;
        }, Name, file, host);
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a secret", async context =>
    {
        var answer = await context.Api.Delete($"{Secrets}/{Arguments.Segment(context.Get(Name))}", context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);
}
