using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp servers changes|accept|reject</c>: what servers change about their definitions, and what becomes of it.</summary>
internal static class ChangeCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = "Slug or id of the server" };

    public static Command[] All(CommandFactory factory) =>
        [Changes(factory), Decide(factory, "accept", "Accept withheld definitions; they are served from then on", "Accepted"), Decide(factory, "reject", "Refuse withheld definitions; they stay withheld", "Refused")];

    private static Command Changes(CommandFactory factory) => factory.Verb("changes", "Show what a server changed: what is withheld, with a diff, and what is flagged", async context =>
    {
        var answer = await context.Api.Get(Path(context), context.Cancellation);
        if (context.Print.IsJson)
        {
            context.Print.Json(answer);
            return ExitCode.Ok;
        }

        var pending = answer?["pending"] as JsonArray ?? [];
        context.Print.Text($"definitions: {answer?["definitions"]}; {(pending.Count == 0 ? "nothing is withheld" : $"{pending.Count} withheld")}");
        foreach (var change in pending)
        {
            var was = change?["was"] is { } before ? $" (was {before})" : "";
            context.Print.Text($"\n== {change?["id"]} {change?["kind"]} {change?["name"]}{was}: {change?["change"]}, {change?["state"]} ==");
            Findings(context, change);
            context.Print.Text((string?)change?["diff"] ?? "");
        }

        foreach (var flagged in answer?["flagged"] as JsonArray ?? [])
        {
            context.Print.Text($"\nflagged: {flagged?["kind"]} {flagged?["name"]}");
            Findings(context, flagged);
        }

        foreach (var look in answer?["items"] as JsonArray ?? [])
        {
            context.Print.Text($"{look?["at"]}  added [{Names(look, "added")}] changed [{Names(look, "changed")}] removed [{Names(look, "removed")}]");
        }

        return ExitCode.Ok;
    }, Name);

    private static Command Decide(CommandFactory factory, string verb, string description, string done)
    {
        var ids = new Argument<string[]>("CHANGE") { Description = "Ids of changes, as 'changes' shows them", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Everything that is withheld as of now" };
        return factory.Verb(verb, description, async context =>
        {
            var chosen = context.Get(ids) ?? [];
            if (chosen.Length == 0 != context.Get(all))
            {
                throw CliException.Usage("Give ids of changes (mcpp servers changes NAME shows them), or --all.");
            }

            if (context.Get(all))
            {
                // By the mark of what was read: what comes in between is not decided about.
                var mark = (string?)(await context.Api.Get(Path(context), context.Cancellation))?["mark"];
                chosen = [$"all/{verb}?mark={Arguments.Segment(mark ?? "")}"];
            }
            else
            {
                chosen = [.. chosen.Select(id => $"{Arguments.Segment(id)}/{verb}")];
            }

            JsonNode? answer = null;
            foreach (var path in chosen)
            {
                answer = await context.Api.Post($"{Path(context)}/{path}", null, context.Cancellation);
            }

            context.Print.Done($"{done}. {(answer?["pending"] as JsonArray)?.Count ?? 0} still withheld.", answer);
            return ExitCode.Ok;
        }, Name, ids, all);
    }

    private static void Findings(CommandContext context, JsonNode? of)
    {
        foreach (var finding in of?["findings"] as JsonArray ?? [])
        {
            context.Print.Text($"  ! {finding?["code"]} at {finding?["where"]}: {finding?["detail"]}");
        }
    }

    private static string Names(JsonNode? look, string member) => string.Join(", ", (look?[member] as JsonArray ?? []).Select(name => (string?)name));

    private static string Path(CommandContext context) => $"/api/v1/servers/{Arguments.Segment(context.Get(Name))}/changes";
}
