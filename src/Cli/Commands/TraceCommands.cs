using System.CommandLine;
using System.Globalization;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp traces</c>: the records of calls.</summary>
internal static class TraceCommands
{
    private const string Traces = "/api/v1/traces";

    public static Command Create(CommandFactory factory) => CommandFactory.Group("traces", "Records of calls", List(factory), Get(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        var server = new Option<string?>("--server") { Description = "Calls to this server", HelpName = "NAME" };
        var tool = new Option<string?>("--tool") { Description = "Calls of this tool", HelpName = "NAME" };
        var subject = new Option<string?>("--subject", "--principal") { Description = "Calls by this principal", HelpName = "SUBJECT" };
        var method = new Option<string?>("--method") { Description = "Protocol method, for example tools/call", HelpName = "METHOD" };
        var slow = new Option<int?>("--min-ms") { Description = "Calls that took at least so many milliseconds", HelpName = "MS" };
        var request = new Option<string?>("--request") { Description = "The call with this request id", HelpName = "ID" };
        var status = new Option<string?>("--status") { Description = "ok, tool_error, denied, error or cancelled", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong("ok", "tool_error", "denied", "error", "cancelled");
        var from = new Option<string?>("--from") { Description = "Not before this moment, for example 2027-01-31T12:00Z (default: a day before --to)", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "Before this moment (default: now)", HelpName = "TIME" };
        return factory.Verb("list", "Show the newest calls first", async context =>
        {
            var path = Arguments.Query(
                Traces,
                ("server", context.Get(server)),
                ("tool", context.Get(tool)),
                ("subject", context.Get(subject)),
                ("method", context.Get(method)),
                ("min_duration_ms", context.Get(slow)?.ToString(CultureInfo.InvariantCulture)),
                ("request_id", context.Get(request)),
                ("status", context.Get(status)),
                ("from", Moment(context.Get(from), "--from")),
                ("to", Moment(context.Get(to), "--to")));
            context.Print.List(
                await context.Api.List(path, context.Get(limit), context.Cancellation),
                "calls",
                new("ID", "id"),
                Column.Time("STARTED", "started_at"),
                new("WHO", "subject"),
                new("METHOD", "method"),
                new("SERVER", "server"),
                new("TOOL", "tool"),
                new("STATUS", "status"),
                new("MS", "duration_ms", ms => ms is null ? "-" : ((decimal)ms).ToString("0.0", CultureInfo.InvariantCulture)));
            return ExitCode.Ok;
        }, server, tool, subject, method, status, slow, request, from, to, limit);
    }

    private static Command Get(CommandFactory factory)
    {
        var id = new Argument<Guid>("ID") { Description = "Id of the call" };
        return factory.Verb("get", "Show one call in full, redacted", async context =>
        {
            context.Print.Object(await context.Api.Get($"{Traces}/{context.Get(id)}", context.Cancellation));
            return ExitCode.Ok;
        }, id);
    }

    internal static string? Moment(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)
        : throw CliException.Usage($"{option} is '{text}'; a moment looks like 2027-01-31T12:00Z.");
}
