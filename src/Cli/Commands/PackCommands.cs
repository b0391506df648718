using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp packs</c>: HTTP APIs described by OpenAPI, as tools.</summary>
internal static class PackCommands
{
    private const string Packs = "/api/v1/packs";

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("packs", "HTTP APIs as tools", Analyze(factory), PackCreation.Create(factory), List(factory), Remove(factory));

    /// <summary>The body's part that names the description: its address, or its text.</summary>
    public static async Task<JsonObject> Document(CommandContext context, string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new JsonObject { ["url"] = source }
            : new JsonObject { ["document"] = await Arguments.ReadText(context, source) };

    public static Argument<string> Source() => new("SOURCE") { Description = "API description, JSON or YAML: a file, - for standard input, or an address that the platform fetches" };

    /// <summary>Warnings and skipped operations, one line each, beside the output proper.</summary>
    public static void Notices(Printer print, JsonNode? notices, string kind)
    {
        foreach (var notice in (notices as JsonArray ?? []).OfType<JsonObject>())
        {
            print.Progress($"{kind}: {string.Join(' ', notice.Where(m => m.Value is not null).Select(m => Column.Show(m.Value)))}");
        }
    }

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
                new("TITLE", "title"));
            Notices(context.Print, analysis["warnings"], "warning");
            Notices(context.Print, analysis["skipped"], "skipped");
            return ExitCode.Ok;
        }, source);
    }

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the versions of packs, newest first", async context =>
        {
            context.Print.List(
                await context.Api.List(Packs, context.Get(limit), context.Cancellation),
                "packs",
                new("PACK", "", p => $"{Column.Show(p?["namespace"])}/{Column.Show(p?["name"])}@{Column.Show(p?["version"])}"),
                new("TOOLS", "tool_count"),
                new("HOSTS", "hosts"),
                new("SECRETS", "secrets"),
                new("TITLE", "title"),
                Column.Time("CREATED", "created_at"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Remove(CommandFactory factory)
    {
        var pack = new Argument<string>("PACK") { Description = PackReference.Description };
        return factory.Verb("rm", "Remove a version that no deployment uses", async context =>
        {
            var version = PackReference.Parse(context.Get(pack));
            var answer = await context.Api.Delete(
                $"{Packs}/{Arguments.Segment(version.Namespace)}/{Arguments.Segment(version.Name)}/{Arguments.Segment(version.Version)}", context.Cancellation);
            context.Print.Done($"Removed {context.Get(pack)}.", answer);
            return ExitCode.Ok;
        }, pack);
    }
}
