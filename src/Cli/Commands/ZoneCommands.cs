using System.CommandLine;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp zones</c>: landing zones, the places where deployments run.</summary>
internal static class ZoneCommands
{
    private const string Zones = "/api/v1/landing-zones";

    private static readonly Argument<string> Name = new("NAME") { Description = "Name of the landing zone" };

    public static Command Create(CommandFactory factory) => CommandFactory.Group("zones", "Landing zones, where deployments run", List(factory), Set(factory), Remove(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the landing zones; local is built in", async context =>
        {
            context.Print.List(
                await context.Api.List(Zones, context.Get(limit), context.Cancellation),
                "landing zones",
                new("NAME", "name"),
                new("KIND", "kind"),
                new("PRIVATE HOSTS", "allowed_private_hosts"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Set(CommandFactory factory)
    {
        var kind = new Option<string>("--kind") { Description = "process", HelpName = "KIND", DefaultValueFactory = _ => "process" };
        var host = new Option<string[]>("--private-host") { Description = "Private address that deployments here may call (127.0.0.1:8080, 10.1.0.0/16); may be given several times", HelpName = "HOST" };
        return factory.Verb("set", "Add a landing zone, or replace it as a whole", async context =>
        {
            var body = Arguments.Body(("kind", context.Get(kind)), ("allowed_private_hosts", Arguments.Texts(context.Get(host))));
            context.Print.Object(await context.Api.Put($"{Zones}/{Arguments.Segment(context.Get(Name))}", body, context.Cancellation));
            return ExitCode.Ok;
        }, Name, kind, host);
    }

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a landing zone that nothing runs in", async context =>
    {
        var answer = await context.Api.Delete($"{Zones}/{Arguments.Segment(context.Get(Name))}", context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);
}
