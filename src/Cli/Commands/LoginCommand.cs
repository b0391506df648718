using System.CommandLine;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp login</c>: remembers address and key, once they are proven to work.</summary>
internal static class LoginCommand
{
    public static Command Create(CommandFactory factory) => factory.Verb("login", "Remember --url and the key (--key-file, or standard input) in the config file", async context =>
    {
        var settings = context.Settings;
        if (!context.HasKeyOption)
        {
            if (context.Terminal.InIsTerminal)
            {
                context.Print.Progress($"API key for {settings.Url}:");
            }

            settings = settings with { Key = (await context.Terminal.In.ReadLineAsync(context.Cancellation))?.Trim() };
        }

        if (string.IsNullOrEmpty(settings.Key))
        {
            throw CliException.Usage("No key was given.");
        }

        using (var api = new ApiClient(settings))
        {
            await api.Get("/api/v1/tools?limit=1", context.Cancellation);
        }

        new ConfigFile(settings.Url.ToString().TrimEnd('/'), settings.Key).Write(context.Terminal.ConfigFile);
        context.Print.Done($"Stored in {context.Terminal.ConfigFile}, readable by you only.");
        return ExitCode.Ok;
    });
}
