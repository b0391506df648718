using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp routes</c>: intents and the tools that carry them out.</summary>
internal static class RouteCommands
{
    private const string Routes = "/api/v1/routes";

    private static readonly Argument<string> Id = new("ROUTE") { Description = "Id of the route, or its intent when it has only one" };

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("routes", "Intents and the tools that carry them out", List(factory), Get(factory), Add(factory), Remove(factory), Discover(factory), Execute(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the routes", async context =>
        {
            context.Print.List(
                await context.Api.List(Routes, context.Get(limit), context.Cancellation),
                "routes",
                new("ID", "id"),
                new("INTENT", "intent"),
                new("ENVIRONMENT", "environment"),
                new("VERSION", "intent_version"),
                new("BALANCING", "balancing"),
                new("CANDIDATES", "candidates", c => c is JsonArray all ? string.Join(", ", all.Select(x => $"{x?["server"]}/{x?["tool"]}")) : "-"),
                new("ENABLED", "enabled"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Show one route", async context =>
    {
        context.Print.Object(await context.Api.Get($"{Routes}/{await IdOf(context)}", context.Cancellation));
        return ExitCode.Ok;
    }, Id);

    private static Command Add(CommandFactory factory)
    {
        var intent = new Argument<string>("INTENT") { Description = "What callers ask for, such as weather.forecast" };
        var candidates = new Argument<string[]>("SERVER/TOOL[=WEIGHT]") { Description = "Tools that do it, in the order in which they are preferred", Arity = ArgumentArity.OneOrMore };
        var balancing = new Option<string?>("--balancing") { Description = "failover (default), round_robin or weighted_random", HelpName = "HOW" };
        balancing.AcceptOnlyFromAmong("failover", "round_robin", "weighted_random");
        var environment = new Option<string?>("--environment") { Description = "Only for callers that ask for it, or for none", HelpName = "NAME" };
        var version = new Option<string?>("--intent-version") { Description = "Semantic version, such as 1.4.0", HelpName = "VERSION" };
        var description = new Option<string?>("--description") { Description = "For people", HelpName = "TEXT" };
        return factory.Verb("add", "Add a route; gateways know it within seconds", async context =>
        {
            var body = Arguments.Body(
                ("intent", context.Get(intent)),
                ("candidates", new JsonArray([.. context.Get(candidates).Select(Candidate)])),
                ("balancing", context.Get(balancing)),
                ("environment", context.Get(environment)),
                ("intent_version", context.Get(version)),
                ("description", context.Get(description)));
            context.Print.Object(await context.Api.Post(Routes, body, context.Cancellation));
            return ExitCode.Ok;
        }, intent, candidates, balancing, environment, version, description);
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a route", async context =>
    {
        var answer = await context.Api.Delete($"{Routes}/{await IdOf(context)}", context.Cancellation);
        context.Print.Done($"Removed {context.Get(Id)}.", answer);
        return ExitCode.Ok;
    }, Id);

    private static Command Discover(CommandFactory factory)
    {
        var (intent, environment, version) = Question();
        return factory.Verb("discover", "Show who would carry out an intent for this key, and why, without calling anybody", async context =>
        {
            var body = Arguments.Body(("intent", context.Get(intent)), ("environment", context.Get(environment)), ("version", context.Get(version)));
            context.Print.Object(await context.Api.Post("/v1/route/discover", body, context.Cancellation));
            return ExitCode.Ok;
        }, intent, environment, version);
    }

    private static Command Execute(CommandFactory factory)
    {
        var (intent, environment, version) = Question();
        var json = new Option<string?>("--json-arguments") { Description = "Arguments as a JSON object", HelpName = "JSON" };
        return factory.Verb("execute", "Carry out an intent by whoever can", async context =>
        {
            var arguments = context.Get(json) is { } text ? Arguments.ParseObject(text, "--json-arguments") : null;
            var body = Arguments.Body(("intent", context.Get(intent)), ("arguments", arguments), ("environment", context.Get(environment)), ("version", context.Get(version)));
            context.Print.Object(await context.Api.Post("/v1/route/execute", body, context.Cancellation));
            return ExitCode.Ok;
        }, intent, environment, version, json);
    }

    private static (Argument<string> Intent, Option<string?> Environment, Option<string?> Version) Question() => (
        new("INTENT") { Description = "What is to be done" },
        new("--environment") { Description = "Only where it is done in this one, or in every one", HelpName = "NAME" },
        new("--intent-version") { Description = "Versions that will do, such as ^1.2", HelpName = "RANGE" });

    private static JsonNode Candidate(string text)
    {
        var (name, weight) = text.LastIndexOf('=') is >= 0 and var at && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? (text[..at], given) : (text, (int?)null);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1
            ? Arguments.Body(("server", name[..slash]), ("tool", name[(slash + 1)..]), ("weight", weight))
            : throw CliException.Usage($"A candidate is SERVER/TOOL or SERVER/TOOL=WEIGHT, and '{text}' is none.");
    }

    private static Task<string> IdOf(CommandContext context) => Arguments.IdOf(context.Api, Routes, "intent", context.Get(Id), "route", context.Cancellation);
}
