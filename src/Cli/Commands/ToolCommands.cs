using System.CommandLine;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp tools</c>: the catalogue of the registry. What a key may call is what the gateway lists to it.</summary>
internal static class ToolCommands
{
    private const string Tools = "/api/v1/tools";

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("tools", "The catalogue of tools", List(factory), Search(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        var server = new Option<string?>("--server") { Description = "Only of this server", HelpName = "NAME" };
        return factory.Verb("list", "Show the tools of all servers", context => Show(context, null, context.Get(server), context.Get(limit)), server, limit);
    }

    private static Command Search(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        var text = new Argument<string[]>("TEXT") { Description = "Words to look for in names and descriptions", Arity = ArgumentArity.OneOrMore };
        var server = new Option<string?>("--server") { Description = "Only of this server", HelpName = "NAME" };
        return factory.Verb("search", "Find tools by words", context => Show(context, string.Join(' ', context.Get(text)), context.Get(server), context.Get(limit)), text, server, limit);
    }

    private static async Task<int> Show(CommandContext context, string? text, string? server, int limit)
    {
        var answer = await context.Api.List(Arguments.Query(Tools, ("q", text), ("server", server)), limit, context.Cancellation);
        context.Print.List(answer, "tools", new("SERVER", "server"), new("NAME", "name"), new("HEALTH", "health"), new("DESCRIPTION", "description"));
        return ExitCode.Ok;
    }
}
