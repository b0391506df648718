using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp integrations</c>: what servers can do by their owners' word, found by intent where no route names it.</summary>
internal static class IntegrationCommands
{
    private const string Integrations = "/v1/integrations/mcp";

    private static readonly Argument<string> Name = new("INTEGRATION") { Description = "Name or id of the integration" };

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("integrations", "What servers can do, found by intent where no route names it", List(factory), Get(factory), Add(factory), Remove(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the integrations", async context =>
        {
            context.Print.List(
                await context.Api.List(Integrations, context.Get(limit), context.Cancellation),
                "integrations",
                new("NAME", "name"),
                new("SERVER", "server"),
                new("ENVIRONMENT", "environment"),
                new("CAPABILITIES", "capabilities", c => c is JsonArray all ? string.Join(", ", all.Select(Shown)) : "-"),
                new("ENABLED", "enabled"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Show one integration", async context =>
    {
        context.Print.Object(await context.Api.Get(Path(context), context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Add(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "What it is called: a-z, 0-9, '-' and '_'" };
        var server = new Argument<string>("SERVER") { Description = "Slug of the registered server that does it" };
        var capabilities = new Argument<string[]>("INTENT=TOOL[@VERSION]") { Description = "What it can do, by which of its tools, such as tickets.create=create_ticket@1.4.0", Arity = ArgumentArity.OneOrMore };
        var environment = new Option<string?>("--environment") { Description = "Only for callers that ask for it, or for none", HelpName = "NAME" };
        var description = new Option<string?>("--description") { Description = "For people", HelpName = "TEXT" };
        return factory.Verb("add", "Register what a server can do; gateways know it within seconds", async context =>
        {
            var body = Arguments.Body(
                ("name", context.Get(name)),
                ("server", context.Get(server)),
                ("capabilities", new JsonArray([.. context.Get(capabilities).Select(Capability)])),
                ("environment", context.Get(environment)),
                ("description", context.Get(description)));
            context.Print.Object(await context.Api.Post(Integrations, body, context.Cancellation));
            return ExitCode.Ok;
        }, name, server, capabilities, environment, description);
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove an integration; its server stays", async context =>
    {
        var answer = await context.Api.Delete(Path(context), context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);

    /// <summary>Tools may have an '@' in their names; a version begins with a digit.</summary>
    private static JsonNode Capability(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var at = text.LastIndexOf('@') is var last && last > equals + 1 && last < text.Length - 1 && char.IsAsciiDigit(text[last + 1]) ? last : text.Length;
        return equals > 0 && equals < text.Length - 1
            ? Arguments.Body(("intent", text[..equals]), ("tool", text[(equals + 1)..at]), ("version", at < text.Length ? text[(at + 1)..] : null))
            : throw CliException.Usage($"A capability is INTENT=TOOL or INTENT=TOOL@VERSION, and '{text}' is none.");
    }

    private static string Shown(JsonNode? capability) => $"{capability?["intent"]}={capability?["tool"]}{(capability?["version"] is { } version ? $"@{version}" : "")}";

    private static string Path(CommandContext context) => $"{Integrations}/{Arguments.Segment(context.Get(Name))}";
}
