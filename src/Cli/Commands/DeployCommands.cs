using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp deploy</c>: packs as running servers.</summary>
internal static class DeployCommands
{
    private const string Deployments = "/api/v1/deployments";

    /// <summary>5 minutes: a container image is built and pulled well within.</summary>
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string> Name = new("DEPLOYMENT") { Description = "Id or name of the deployment" };

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("deploy", "Packs as running servers", CreateDeployment(factory), List(factory), Get(factory), Logs(factory), Remove(factory));

    private static Command CreateDeployment(CommandFactory factory)
    {
        var pack = new Argument<string>("PACK") { Description = PackReference.Description };
        var zone = new Option<string>("--zone") { Description = "Landing zone", HelpName = "NAME", DefaultValueFactory = _ => "local" };
        var name = new Option<string?>("--name") { Description = "Slug of the server that it becomes (default: the pack's name)", HelpName = "SLUG" };
        var wait = new Option<bool>("--wait") { Description = "Wait until it runs; exit code 1 when it fails" };
        var patience = new Option<int>("--timeout") { Description = "With --wait: how long, in seconds (default 300)", HelpName = "SECONDS", DefaultValueFactory = _ => (int)DefaultPatience.TotalSeconds };
        return factory.Verb("create", "Deploy a pack", async context =>
        {
            var version = PackReference.Parse(context.Get(pack));
            var body = Arguments.Body(
                ("pack", version.FullName),
                ("version", version.Version),
                ("landing_zone", context.Get(zone)),
                ("slug", context.Get(name)));
            var answer = await context.Api.Post(Deployments, body, context.Cancellation);
            if (!context.Get(wait))
            {
                context.Print.Object(answer);
                return ExitCode.Ok;
            }

            var ended = await Wait(context, (string)answer!["id"]!, TimeSpan.FromSeconds(context.Get(patience)));
            context.Print.Object(ended);
            return State(ended) == "running" ? ExitCode.Ok : ExitCode.Failed;
        }, pack, zone, name, wait, patience);
    }

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the deployments", async context =>
        {
            context.Print.List(
                await context.Api.List(Deployments, context.Get(limit), context.Cancellation),
                "deployments",
                new("ID", "id"),
                new("SERVER", "slug"),
                new("PACK", "pack"),
                new("VERSION", "version"),
                new("ZONE", "landing_zone"),
                new("STATE", "state"),
                new("MESSAGE", "message"),
                Column.Time("UPDATED", "updated_at"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Show one deployment with its steps", async context =>
    {
        context.Print.Object(await context.Api.Get($"{Deployments}/{await Id(context)}", context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Logs(CommandFactory factory) => factory.Verb("logs", "Show what a deployment printed", async context =>
    {
        var answer = await context.Api.Get($"{Deployments}/{await Id(context)}/logs", context.Cancellation);
        if (context.Print.IsJson || answer?["items"] is not JsonArray lines)
        {
            context.Print.Json(answer);
            return ExitCode.Ok;
        }

        foreach (var line in lines)
        {
            context.Print.Text($"{Column.Time("", "at").Of(line)} {Column.Show(line?["stream"])} {Column.Show(line?["line"])}");
        }

        return ExitCode.Ok;
    }, Name);

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Drain and remove a deployment", async context =>
    {
        var answer = await context.Api.Delete($"{Deployments}/{await Id(context)}", context.Cancellation);
        context.Print.Done($"Removing {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);

    private static async Task<JsonNode> Wait(CommandContext context, string id, TimeSpan patience)
    {
        var (started, said) = (TimeProvider.System.GetTimestamp(), "");
        while (true)
        {
            var deployment = await context.Api.Get($"{Deployments}/{id}", context.Cancellation) ?? throw CliException.Failed("The platform sent an empty answer.");
            var state = State(deployment);
            if (state is "running" or "failed" or "deleted")
            {
                return deployment;
            }

            if (state != said)
            {
                context.Print.Progress($"{state}...");
                said = state;
            }

            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                throw CliException.Failed(string.Create(CultureInfo.InvariantCulture, $"Still {state} after {patience.TotalSeconds:0} s. It goes on; see 'mcpp deploy get {id}'."));
            }

            await Task.Delay(Between, context.Cancellation);
        }
    }

    private static string State(JsonNode deployment) => (string?)deployment["state"] ?? "";

    private static Task<string> Id(CommandContext context) => Arguments.IdOf(context.Api, Deployments, "slug", context.Get(Name), "deployment", context.Cancellation);
}
