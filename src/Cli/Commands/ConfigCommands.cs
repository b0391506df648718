using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Clients;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Launchers;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp config</c>: the platform's own configuration, and those of MCP clients.</summary>
internal static class ConfigCommands
{
    private const string Servers = "/api/v1/servers";

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("config", "The platform's configuration (mcpplatform.yaml), and those of MCP clients (mcpServers)", [.. FileCommands.All(factory), Import(factory), Export(factory)]);

    private static Command Export(CommandFactory factory)
    {
        var names = ClientConfig.All.Select(c => c.Name).ToArray();
        var client = new Option<string>("--client") { Description = $"Whose: {string.Join(", ", names)}", HelpName = "CLIENT", DefaultValueFactory = _ => "generic" };
        client.AcceptOnlyFromAmong(names);
        var server = new Option<string?>("--server") { Description = "One server, under its own names (else all of them, as server__tool)", HelpName = "SLUG" };
        var set = new Option<string?>("--set") { Description = "One tool set, under the names that it gives", HelpName = "SLUG" };
        var name = new Option<string?>("--name") { Description = "What the client calls it (default: mcpplatform, or the server or set)", HelpName = "NAME" };
        var withKey = new Option<bool>("--with-key") { Description = "Write the key itself; else a placeholder" };
        return factory.Verb("export", "Print what belongs into a client's configuration to use the platform", context =>
        {
            var (slug, sets, platform) = (context.Get(server), context.Get(set), context.Settings.Url);
            if (slug is not null && sets is not null)
            {
                throw CliException.Usage("Either --server or --set.");
            }

            var entry = new ClientEntry(
                context.Get(name) ?? slug ?? sets ?? "mcpplatform",
                new Uri(platform, slug is not null ? $"mcp/servers/{Uri.EscapeDataString(slug)}" : sets is not null ? $"mcp/sets/{Uri.EscapeDataString(sets)}" : "mcp"),
                slug,
                platform,
                context.Get(withKey) ? context.Settings.RequiredKey : null,
                ThisProgram(),
                sets);
            var config = ClientConfig.All.First(c => c.Name == context.Get(client));
            context.Terminal.Error.WriteLine($"Goes into {config.File}.");
            context.Print.Json(config.Write(entry));
            return Task.FromResult(ExitCode.Ok);
        }, client, server, set, name, withKey);
    }

    private static Command Import(CommandFactory factory)
    {
        var source = new Argument<string>("FILE") { Description = "The client's configuration, for example claude_desktop_config.json; - is standard input" };
        var only = new Option<string[]>("--only") { Description = "Take only this one over; may be given several times", HelpName = "NAME" };
        var file = new Option<string>("--file") { Description = "The launcher file, for servers that are commands", HelpName = "FILE", DefaultValueFactory = _ => "mcpplatform.yaml" };
        var allowPrivate = new Option<bool>("--allow-private-address") { Description = "Servers may live on loopback, private and link-local addresses (admins)" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done, and do nothing" };
        return factory.Verb("import", "Register the servers of a client's configuration; commands become launchers in the local file", async context =>
        {
            var servers = ImportedServer.Read(await Arguments.ReadText(context, context.Get(source)), context.Get(source), context.Terminal.Environment);
            var wanted = context.Get(only) is { Length: > 0 } some ? some : null;
            if (wanted?.FirstOrDefault(w => servers.All(s => s.Name != w)) is { } unknown)
            {
                throw CliException.Usage($"{context.Get(source)} has no server '{unknown}'.");
            }

            var failed = 0;
            foreach (var server in servers.Where(s => wanted?.Contains(s.Name) != false))
            {
                var (done, message) = await Take(context, server, Path.Combine(context.Terminal.Folder, context.Get(file)!), context.Get(allowPrivate), context.Get(dryRun));
                failed += done ? 0 : 1;
                context.Print.Text($"{server.Name}: {message}");
            }

            context.Print.Text(failed == 0 ? "" : $"{failed} could not be taken over.");
            return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
        }, source, only, file, allowPrivate, dryRun);
    }

    /// <summary>Takes one server over; says what was done, or why not.</summary>
    private static async Task<(bool Done, string Message)> Take(CommandContext context, ImportedServer server, string launchers, bool allowPrivate, bool dryRun)
    {
        if (server.Problem is { } problem)
        {
            return (false, $"left out: {problem}.");
        }

        if (server.Url is { } url && Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Authority == context.Settings.Url.Authority)
        {
            return (true, "left out: it is this platform.");
        }

        try
        {
            await context.Api.Get($"{Servers}/{server.Slug}", context.Cancellation);
            return (true, $"is registered already, as {server.Slug}; nothing is changed.");
        }
        catch (ApiException absent) when (absent.Status == HttpStatusCode.NotFound)
        {
            // So it is new.
        }

        var what = server.Url is null ? $"{server.Slug} with launcher {server.Slug} ({server.Command[0]})" : $"{server.Slug} at {server.Url}";
        var secrets = server.Secrets.Count == 0 ? "" : $", with {string.Join(", ", server.Secrets.Select(s => s.Key))}";
        if (dryRun)
        {
            return (true, $"would be registered as {what}{secrets}.");
        }

        try
        {
            if (server.Url is null)
            {
                LauncherFile.Add(launchers, new Launcher(server.Slug, server.Command[0], [.. server.Command.Skip(1)], [.. server.Secrets.Select(s => s.Key)]));
            }

            await context.Api.Post(Servers, Body(server, allowPrivate), context.Cancellation);
            return (true, $"is registered as {what}{secrets}.");
        }
        catch (Exception refused) when (refused is ApiException || refused is CliException { ExitCode: ExitCode.Usage })
        {
            return (false, $"left out: {refused.Message}");
        }
    }

    private static JsonObject Body(ImportedServer server, bool allowPrivate) => Arguments.Body(
        ("slug", server.Slug),
        ("title", server.Name == server.Slug ? null : server.Name),
        ("transport", server.Transport),
        ("url", server.Url),
        ("launcher", server.Url is null ? server.Slug : null),
        ("allow_private_address", allowPrivate && server.Url is not null ? true : null),
        (server.Url is null ? "variables" : "headers", server.Secrets.Count == 0 ? null : server.Secrets.DeepClone()));

    /// <summary>How a client starts this program: as it was started now.</summary>
    private static IReadOnlyList<string> ThisProgram()
    {
        var program = Environment.ProcessPath ?? "mcpp";
        return Path.GetFileNameWithoutExtension(program) == "mcpp" ? [program] : [program, Path.Combine(AppContext.BaseDirectory, "mcpp.dll")];
    }
}
