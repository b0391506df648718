using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Configuration;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp config diff</c> and <c>apply</c>: a configuration against what a platform has, over the management API.</summary>
internal static class ApplyCommands
{
    /// <summary>Roles first: a server without them is called by nobody, roles without their server harm nobody.</summary>
    private static readonly string[] Services = ["policy", "registry"];

    public static Command Diff(CommandFactory factory)
    {
        var named = FileCommands.Named();
        return factory.Verb("diff", "Show what applying a configuration would change on the platform, and change nothing", async context =>
        {
            var changes = await Send(context, FileCommands.LoadValid(context, named), isPlan: true);
            Show(context, changes);
            return ExitCode.Ok;
        }, named);
    }

    public static Command Apply(CommandFactory factory)
    {
        var named = FileCommands.Named();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do it without asking" };
        return factory.Verb("apply", "Make the platform's servers, policies, limits, routes and tool sets what a configuration says: the plan first, then, after a yes, all of it", async context =>
        {
            var loaded = FileCommands.LoadValid(context, named);
            var plan = await Send(context, loaded, isPlan: true);
            Show(context, plan);
            if (plan.Count == 0)
            {
                return ExitCode.Ok;
            }

            if (!context.Get(yes) && !Confirm(context))
            {
                context.Terminal.Error.WriteLine("Nothing was changed. --yes applies the plan.");
                return ExitCode.Failed;
            }

            await Send(context, loaded, isPlan: false);
            context.Print.Text($"{loaded.Source} is applied.");
            return ExitCode.Ok;
        }, named, yes);
    }

    private static async Task<JsonArray> Send(CommandContext context, LoadedConfiguration loaded, bool isPlan)
    {
        var changes = new JsonArray();
        foreach (var service in Services)
        {
            var answer = await context.Api.Post($"/api/v1/configuration/{service}?dry_run={(isPlan ? "true" : "false")}&source={Uri.EscapeDataString(loaded.Source)}", Sent.Of(loaded), context.Cancellation);
            foreach (var change in answer?["changes"] as JsonArray ?? [])
            {
                changes.Add(change!.DeepClone());
            }
        }

        return changes;
    }

    private static void Show(CommandContext context, JsonArray changes)
    {
        if (context.Print.IsJson)
        {
            context.Print.Json(new JsonObject { ["changes"] = changes.DeepClone() });
            return;
        }

        foreach (var change in changes)
        {
            var members = string.Join(", ", (change!["members"] as JsonArray ?? []).Select(m => (string?)m));
            var sign = (string?)change["action"] switch { "create" => "+", "delete" => "-", "move" => " ", _ => "~" };
            context.Print.Text($"{sign} {change["path"]}{(members.Length == 0 ? "" : $": {members}")}   ({change["origin"]})");
        }

        context.Print.Text(changes.Count == 0 ? "Nothing changes." : $"{changes.Count} {(changes.Count == 1 ? "change" : "changes")}.");
    }

    private static bool Confirm(CommandContext context)
    {
        if (!context.Terminal.InIsTerminal)
        {
            return false;
        }

        context.Terminal.Error.Write("Apply? [y/N] ");
        return context.Terminal.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
