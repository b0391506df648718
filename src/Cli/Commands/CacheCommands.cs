using System.CommandLine;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp cache</c>: what gateways keep of servers' results.</summary>
internal static class CacheCommands
{
    private const string Cache = "/api/v1/admin/cache";

    public static Command Create(CommandFactory factory) => CommandFactory.Group("cache", "Results of servers that gateways keep", Stats(factory), Clear(factory));

    private static Command Stats(CommandFactory factory) =>
        factory.Verb("stats", "Show what the gateway that answers keeps, and how many requests that answered since its start", async context =>
        {
            context.Print.Object(await context.Api.Get(Cache, context.Cancellation));
            return ExitCode.Ok;
        });

    private static Command Clear(CommandFactory factory)
    {
        var server = new Option<string?>("--server") { Description = "Only results of this server (default: of all)", HelpName = "SERVER" };
        var tool = new Option<string?>("--tool") { Description = "Only results of this tool of the server", HelpName = "TOOL" };
        return factory.Verb("clear", "Have every gateway forget what it keeps; takes seconds to reach them", async context =>
        {
            if (context.Get(tool) is not null && context.Get(server) is null)
            {
                throw CliException.Usage("--tool needs --server, whose tool it is.");
            }

            var answer = await context.Api.Delete(Arguments.Query(Cache, ("server", context.Get(server)), ("tool", context.Get(tool))), context.Cancellation);
            var servers = (answer?["servers"] as JsonArray ?? []).Count;
            context.Print.Done($"Gateways forget what they keep of {(context.Get(tool) is { } name ? $"{name} of {context.Get(server)}" : context.Get(server) ?? $"{servers} servers")}.", answer);
            return ExitCode.Ok;
        }, server, tool);
    }
}
