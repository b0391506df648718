using System.CommandLine;
using System.Globalization;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp keys</c>: API keys of the tenant.</summary>
internal static class KeyCommands
{
    private const string Keys = "/api/v1/keys";

    public static Command Create(CommandFactory factory) => CommandFactory.Group("keys", "API keys", List(factory), CreateKey(factory), Limit(factory), Revoke(factory));

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the keys; never their secret part", async context =>
        {
            context.Print.List(
                await context.Api.List(Keys, context.Get(limit), context.Cancellation),
                "keys",
                new("ID", "id"),
                new("NAME", "name"),
                new("SUBJECT", "subject"),
                new("KEY", "prefix", p => $"{Column.Show(p)}…"),
                new("ROLES", "roles"),
                new("SCOPES", "scopes"),
                new("RATE", "rate"),
                new("STATE", "state"),
                Column.Time("EXPIRES", "expires_at"));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command CreateKey(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for" };
        var subject = new Option<string?>("--subject") { Description = "Whom it stands for in policies and records (default: the name)", HelpName = "TEXT" };
        var role = new Option<string[]>("--role") { Description = "A role (policy set) that it has; may be given several times", HelpName = "NAME" };
        var scope = new Option<string[]>("--scope") { Description = "Limits what it may do, for example tools:call; may be given several times", HelpName = "SCOPE" };
        var expires = new Option<string?>("--expires") { Description = "Days from now (30d), or a date (2027-01-31)", HelpName = "WHEN" };
        var profile = Profile();
        var (rate, burst) = (LimitOptions.Rate("with it"), LimitOptions.Burst());
        return factory.Verb("create", "Make a key; it is shown this once", async context =>
        {
            var body = Arguments.Body(
                ("name", context.Get(name)),
                ("subject", context.Get(subject)),
                ("roles", Arguments.Texts(context.Get(role)) ?? []),
                ("scopes", Arguments.Texts(context.Get(scope)) ?? []),
                ("expires_at", Expiry(context.Get(expires))),
                ("rate", context.Get(rate)),
                ("burst", context.Get(burst)),
                ("client_profile", context.Get(profile)));
            context.Print.Object(await context.Api.Post(Keys, body, context.Cancellation));
            return ExitCode.Ok;
        }, name, subject, role, scope, expires, rate, burst, profile);
    }

    private static Command Limit(CommandFactory factory)
    {
        var key = new Argument<string>("KEY") { Description = "Id or name of the key" };
        var profile = Profile();
        var (rate, burst) = (LimitOptions.Rate("with it"), LimitOptions.Burst());
        return factory.Verb("limit", "Set how often a key may ask, and what its clients can take; gateways know within seconds", async context =>
        {
            var id = await Arguments.IdOf(context.Api, Keys, "name", context.Get(key), "key", context.Cancellation);
            var body = Arguments.Body(("rate", context.Get(rate)), ("burst", context.Get(burst)), ("client_profile", context.Get(profile)));
            context.Print.Object(await context.Api.Patch($"{Keys}/{id}", body, context.Cancellation));
            return ExitCode.Ok;
        }, key, rate, burst, profile);
    }

    private static Option<string?> Profile() =>
        new("--client-profile") { Description = "What clients with it can take: default, claude, cursor, gemini, openai, … (\"\": as the client says of itself)", HelpName = "NAME" };

    private static Command Revoke(CommandFactory factory)
    {
        var key = new Argument<string>("KEY") { Description = "Id or name of the key" };
        return factory.Verb("revoke", "Revoke a key; gateways refuse it within seconds", async context =>
        {
            var id = await Arguments.IdOf(context.Api, Keys, "name", context.Get(key), "key", context.Cancellation);
            var answer = await context.Api.Delete($"{Keys}/{id}", context.Cancellation);
            context.Print.Done($"Revoked {context.Get(key)}.", answer);
            return ExitCode.Ok;
        }, key);
    }

    private static string? Expiry(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 3650)
        {
            return TimeProvider.System.GetUtcNow().AddDays(days).ToString("O", CultureInfo.InvariantCulture);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)
            : throw CliException.Usage($"--expires is '{text}'; give days (30d, at most 3650d) or a date (2027-01-31).");
    }
}
