using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp sets</c>: tool sets, virtual servers made of chosen items of several servers.</summary>
internal static class SetCommands
{
    private const string Sets = "/api/v1/tool-sets";

    private static readonly Argument<string> Name = new("NAME") { Description = "Name of the tool set" };

    public static Command Create(CommandFactory factory) => CommandFactory.Group(
        "sets", "Tool sets: chosen tools, prompts and resources of several servers at one address",
        List(factory), Get(factory), Set(factory), Versions(factory), Diff(factory), RollBack(factory), Remove(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the tool sets", async context =>
        {
            context.Print.List(
                await context.Api.List(Sets, context.Get(limit), context.Cancellation),
                "tool sets",
                new("NAME", "slug"),
                new("TITLE", "definition.title"),
                new("ENDPOINT", "endpoint"),
                new("DISCLOSURE", "definition.disclosure"),
                new("VERSION", "version"),
                new("MANAGED BY", "", item => (string?)item?["origin"] ?? Column.Show(item?["managed_by"])));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Print one tool set as JSON: what it is, what it holds now, and what of it matches nothing", async context =>
    {
        context.Print.Json(await context.Api.Get(PathOf(context), context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Set(CommandFactory factory)
    {
        var file = new Option<string>("--file", "-f")
        {
            Description = "JSON: an object with \"members\" and, if wanted, \"overrides\", \"exclude\", \"disclosure\" ..., or what \"get\" printed; - reads standard input",
            HelpName = "FILE",
            Required = true,
        };
        return factory.Verb("set", "Create a tool set, or replace it as a whole", async context =>
        {
            var name = context.Get(Name)!;
            var given = Arguments.ParseObject(await Arguments.ReadText(context, context.Get(file)!), context.Get(file)!);
            var definition = (given["definition"] as JsonObject ?? given).DeepClone().AsObject();
            JsonNode? answer;
            string sentence;
            try
            {
                answer = await context.Api.Put(PathOf(context), definition.DeepClone(), context.Cancellation);
                sentence = $"Replaced {name}.";
            }
            catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
            {
                definition["slug"] = name;
                answer = await context.Api.Post(Sets, definition, context.Cancellation);
                sentence = $"Created {name}.";
            }

            context.Print.Done($"{sentence} It is at {(string?)answer?["endpoint"]}.{Unmatched(answer)}", answer);
            return ExitCode.Ok;
        }, Name, file);
    }

    private static Command Versions(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("versions", "Show who changed a tool set, and when", async context =>
        {
            context.Print.List(
                await context.Api.List($"{PathOf(context)}/versions", context.Get(limit), context.Cancellation), "versions", new("VERSION", "version"), new("AT", "at"), new("BY", "by"), new("REMOVED", "removed"));
            return ExitCode.Ok;
        }, Name, limit);
    }

    private static Command Diff(CommandFactory factory)
    {
        var from = new Option<int?>("--from") { Description = "Version (else the one before)", HelpName = "N" };
        var to = new Option<int?>("--to") { Description = "Version (else the newest)", HelpName = "N" };
        return factory.Verb("diff", "Show what is different between two versions", async context =>
        {
            var path = Arguments.Query($"{PathOf(context)}/diff", ("from", context.Get(from)?.ToString(Invariant)), ("to", context.Get(to)?.ToString(Invariant)));
            var answer = await context.Api.Get(path, context.Cancellation);
            context.Print.List(
                new JsonObject { ["items"] = answer?["changes"]?.DeepClone() ?? new JsonArray() }, "differences", new("WHAT", "path"), new("BEFORE", "before"), new("AFTER", "after"));
            return ExitCode.Ok;
        }, Name, from, to);
    }

    private static Command RollBack(CommandFactory factory)
    {
        var version = new Argument<int>("VERSION") { Description = "What it is to be again" };
        return factory.Verb("rollback", "Make a tool set what it was in a version", async context =>
        {
            var answer = await context.Api.Post($"{PathOf(context)}/rollback", new JsonObject { ["version"] = context.Get(version) }, context.Cancellation);
            context.Print.Done($"{context.Get(Name)} is what it was in version {context.Get(version)}, as version {answer?["version"]}.{Unmatched(answer)}", answer);
            return ExitCode.Ok;
        }, Name, version);
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a tool set; its servers stay", async context =>
    {
        var answer = await context.Api.Delete(PathOf(context), context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static string PathOf(CommandContext context) => $"{Sets}/{Arguments.Segment(context.Get(Name)!)}";

    private static string Unmatched(JsonNode? answer) => answer?["unmatched"] is JsonArray { Count: > 0 } nothing ? $" Matches nothing now: {string.Join("; ", nothing)}." : "";
}
