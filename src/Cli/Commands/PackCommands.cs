using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp packs</c>: HTTP APIs described by OpenAPI, as tools.</summary>
internal static class PackCommands
{
    private const string Packs = "/api/v1/packs";

    public static Command Create(CommandFactory factory) => CommandFactory.Group("packs", "HTTP APIs as tools", Analyze(factory), CreatePack(factory), List(factory));

    private static Command Analyze(CommandFactory factory)
    {
        var source = Source();
        return factory.Verb("analyze", "Read an API description and show the tools that it would become; stores nothing", async context =>
        {
            var answer = await context.Api.Post($"{Packs}/analyze", await Document(context, context.Get(source)), context.Cancellation);
            if (context.Print.IsJson || answer is not JsonObject analysis)
            {
                context.Print.Json(answer);
                return ExitCode.Ok;
            }

            context.Print.List(
                new JsonObject { ["items"] = analysis["tools"]?.DeepClone() ?? new JsonArray() },
                "tools",
                new("TOOL", "name"),
                new("METHOD", "method"),
                new("PATH", "path"),
                new("DESCRIPTION", "description"));
            Notices(context.Print, analysis["warnings"], "warning");
            Notices(context.Print, analysis["skipped"], "skipped");
            return ExitCode.Ok;
        }, source);
    }

    private static Command CreatePack(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "Slug of the pack" };
        var source = Source();
        var server = new Option<string?>("--server") { Description = "Where the API is served, when the description does not say or says it wrongly", HelpName = "URL" };
        var secret = new Option<string[]>("--secret") { Description = "Credential by reference: security scheme=name of a secret; may be given several times", HelpName = "SCHEME=NAME" };
        var title = new Option<string?>("--title") { Description = "Name for people", HelpName = "TEXT" };
        return factory.Verb("create", "Compile an API description into a pack; the same name again makes its next version", async context =>
        {
            var body = await Document(context, context.Get(source));
            body["name"] = context.Get(name);
            if (context.Get(title) is { } text)
            {
                body["title"] = text;
            }

            if (context.Get(server) is { } url)
            {
                body["server_url"] = url;
            }

            if (context.Get(secret) is { Length: > 0 } secrets)
            {
                body["credentials"] = Arguments.Pairs(secrets, "--secret");
            }

            context.Print.Object(await context.Api.Post(Packs, body, context.Cancellation));
            return ExitCode.Ok;
        }, name, source, server, secret, title);
    }

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the packs", async context =>
        {
            context.Print.List(
                await context.Api.List(Packs, context.Get(limit), context.Cancellation),
                "packs",
                new("NAME", "name"),
                new("VERSION", "version"),
                Column.Count("TOOLS", "tool_count"),
                new("TITLE", "title"),
                Column.Time("CREATED", "created_at"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Argument<string> Source() => new("SOURCE") { Description = "API description, JSON or YAML: a file, - for standard input, or an address that the platform fetches" };

    private static async Task<JsonObject> Document(CommandContext context, string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new JsonObject { ["url"] = source }
            : new JsonObject { ["document"] = await Arguments.ReadText(context, source) };

    private static void Notices(Printer print, JsonNode? notices, string kind)
    {
        foreach (var notice in notices as JsonArray ?? [])
        {
            print.Progress($"{kind}: {(notice is JsonObject n ? string.Join(' ', n.Select(m => Column.Show(m.Value))) : Column.Show(notice))}");
        }
    }
}
