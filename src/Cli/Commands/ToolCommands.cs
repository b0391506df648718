using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp tools</c>: the catalogue of the registry. What a key may call is what the gateway lists to it.</summary>
internal static class ToolCommands
{
    private const string Tools = "/api/v1/tools";

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("tools", "The catalogue of tools", List(factory), Search(factory), History(factory));

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

    private static Command History(CommandFactory factory)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many calls (default 20)", HelpName = "N", DefaultValueFactory = _ => 20 };
        var server = new Argument<string>("SERVER") { Description = "Slug of the server" };
        var tool = new Argument<string>("TOOL") { Description = "The server's own name of the tool" };
        var status = new Option<string?>("--status") { Description = "ok, tool_error, denied, error or cancelled", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong("ok", "tool_error", "denied", "error", "cancelled");
        var from = new Option<string?>("--from") { Description = "Not before this moment, for example 2027-01-31T12:00Z (default: a day before --to)", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Before this moment (default: now)", HelpName = "TIME" };
        return factory.Verb("history", "Show how a tool did, and its newest calls", async context =>
        {
            var path = $"{Tools}/{Arguments.Segment(context.Get(server))}/{Arguments.Segment(context.Get(tool))}/executions";
            (string, string?)[] window = [("from", TraceCommands.Moment(context.Get(from), "--from")), ("to", TraceCommands.Moment(context.Get(to), "--to"))];
            var summary = await context.Api.Get(Arguments.Query($"{path}/summary", window), context.Cancellation) as JsonObject ?? [];
            var calls = await context.Api.List(Arguments.Query(path, [("status", context.Get(status)), .. window]), Math.Clamp(context.Get(limit), 1, 100_000), context.Cancellation);
            if (context.Print.IsJson)
            {
                context.Print.Json(new JsonObject { ["summary"] = summary, ["executions"] = calls });
                return ExitCode.Ok;
            }

            var figures = summary["figures"];
            context.Print.Text($"{figures?["calls"]} calls, {figures?["errors"]} errors, {figures?["denied"]} denied; p50 {Ms(figures?["p50_ms"])}, p95 {Ms(figures?["p95_ms"])}, p99 {Ms(figures?["p99_ms"])}");
            foreach (var outcome in summary["outcomes"] as JsonArray ?? [])
            {
                context.Print.Text($"  {outcome?["status"]}{(outcome?["error_code"] is { } code ? $" ({code})" : "")}: {outcome?["calls"]}");
            }

            if (summary["last_error"] is { } last)
            {
                context.Print.Text($"last error {last["id"]}: {last["error_code"]} at {last["started_at"]}");
            }

            context.Print.List(calls, "calls", new("ID", "id"), Column.Time("STARTED", "started_at"), new("WHO", "subject"), new("STATUS", "status"), new("CODE", "error_code"), new("MS", "duration_ms", Ms));
            return ExitCode.Ok;
        }, server, tool, status, from, to, limit);
    }

    private static string Ms(JsonNode? ms) => ms is null ? "-" : ((decimal)ms).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private static async Task<int> Show(CommandContext context, string? text, string? server, int limit)
    {
        var answer = await context.Api.List(Arguments.Query(Tools, ("q", text), ("server", server)), limit, context.Cancellation);
        context.Print.List(answer, "tools", new("SERVER", "server"), new("NAME", "name"), new("HEALTH", "health"), new("DESCRIPTION", "description"));
        return ExitCode.Ok;
    }
}
