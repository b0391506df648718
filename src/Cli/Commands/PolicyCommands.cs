using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp policies</c>: policy sets, which are the roles that keys have.</summary>
internal static class PolicyCommands
{
    private const string Policies = "/api/v1/policies";

    private static readonly Argument<string> Name = new("NAME") { Description = "Name of the policy set" };

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("policies", "Who may do what", List(factory), Get(factory), Set(factory), Remove(factory), Explain(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the policy sets, the built-in roles included", async context =>
        {
            context.Print.List(
                await context.Api.List(Policies, context.Get(limit), context.Cancellation),
                "policy sets",
                new("NAME", "name"),
                Column.Count("RULES", "grants"),
                new("VERSION", "version"),
                new("BUILT IN", "built_in"),
                new("MANAGED BY", "", item => (string?)item?["origin"] ?? ""),
                new("DESCRIPTION", "description"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Print one policy set as JSON", async context =>
    {
        context.Print.Json(await context.Api.Get($"{Policies}/{Arguments.Segment(context.Get(Name))}", context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Set(CommandFactory factory)
    {
        var file = new Option<string>("--file", "-f") { Description = "JSON: the list of grants, or an object with \"grants\" and, if wanted, \"description\"; - reads standard input", HelpName = "FILE", Required = true };
        return factory.Verb("set", "Create a policy set, or replace it as a whole", async context =>
        {
            var name = context.Get(Name);
            var text = await Arguments.ReadText(context, context.Get(file)!);
            var given = Arguments.ParseObject(text.TrimStart().StartsWith('[') ? $"{{\"grants\":{text}}}" : text, context.Get(file)!);
            if (given["grants"] is not JsonArray grants)
            {
                throw CliException.Usage("The file has no list \"grants\", nor is it one.");
            }

            // What "get" printed has more members, which only the platform sets.
            var body = Arguments.Body(("name", name), ("description", given["description"]?.DeepClone()), ("grants", grants.DeepClone()));
            var (answer, sentence) = await Put(context, name, body);
            context.Print.Done(sentence, answer);
            return ExitCode.Ok;
        }, Name, file);
    }

    private static async Task<(JsonNode? Answer, string Sentence)> Put(CommandContext context, string name, JsonObject body)
    {
        try
        {
            return (await context.Api.Put($"{Policies}/{Arguments.Segment(name)}", body.DeepClone(), context.Cancellation), $"Replaced {name}.");
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return (await context.Api.Post(Policies, body, context.Cancellation), $"Created {name}.");
        }
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a policy set", async context =>
    {
        var answer = await context.Api.Delete($"{Policies}/{Arguments.Segment(context.Get(Name))}", context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);

    private static Command Explain(CommandFactory factory)
    {
        var tool = new Argument<string>("TOOL") { Description = "The tool: server__tool, or its own name with --server" };
        var key = new Option<string?>("--for-key") { Description = "For the key of this id or name", HelpName = "KEY" };
        var role = new Option<string[]>("--role") { Description = "For somebody with this role; may be given several times", HelpName = "NAME" };
        var server = new Option<string?>("--server") { Description = "The tool's server", HelpName = "NAME" };
        var arguments = new Option<string?>("--arguments") { Description = "Arguments of the call", HelpName = "JSON" };
        return factory.Verb("explain", "Say how a call would be decided, and by which rule", async context =>
        {
            var roles = context.Get(role) ?? [];
            if ((context.Get(key) is null) == (roles.Length == 0))
            {
                throw CliException.Usage("Give --for-key or --role.");
            }

            var body = Arguments.Body(
                ("key_id", context.Get(key) is { } k ? await Arguments.IdOf(context.Api, "/api/v1/keys", "name", k, "key", context.Cancellation) : null),
                ("roles", Arguments.Texts(roles)),
                ("server", context.Get(server)),
                ("tool", context.Get(tool)),
                ("arguments", context.Get(arguments) is { } a ? Arguments.ParseObject(a, "--arguments") : null));
            context.Print.Object(await context.Api.Post($"{Policies}/explain", body, context.Cancellation));
            return ExitCode.Ok;
        }, tool, key, role, server, arguments);
    }
}
