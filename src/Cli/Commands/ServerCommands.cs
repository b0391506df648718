using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;
using McpPlatform.Cli.Launchers;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp servers</c>: what the gateway offers, and the operator's launchers for servers that run as processes.</summary>
internal static class ServerCommands
{
    private const string Servers = "/api/v1/servers";

    private static readonly Argument<string> Name = new("NAME") { Description = "Slug or id of the server" };

    public static Command Create(CommandFactory factory) =>
        CommandFactory.Group("servers", "MCP servers behind the gateway", [List(factory), Get(factory), Add(factory), Import(factory), Limit(factory), Cache(factory), Remove(factory), Discover(factory), Logs(factory), Guard(factory), .. ChangeCommands.All(factory)]);

    private static Command List(CommandFactory factory)
    {
        var limit = Arguments.Limit();
        return factory.Verb("list", "Show the registered servers", async context =>
        {
            var answer = await context.Api.List(Servers, context.Get(limit), context.Cancellation);
            context.Print.List(
                answer,
                "servers",
                new("NAME", "slug"),
                new("TRANSPORT", "transport"),
                new("TARGET", "", item => Column.Show(item?["url"] ?? item?["launcher"])),
                new("HEALTH", "health"),
                Column.Count("TOOLS", "tool_count"),
                new("ENABLED", "enabled"),
                new("MANAGED BY", "", item => (string?)item?["origin"] ?? Column.Show(item?["managed_by"])));
            return ExitCode.Ok;
        }, limit);
    }

    private static Command Get(CommandFactory factory) => factory.Verb("get", "Show one server", async context =>
    {
        context.Print.Object(await context.Api.Get($"{Servers}/{Segment(context)}", context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Remove(CommandFactory factory) => factory.Verb("rm", "Remove a server; its tools are gone at once", async context =>
    {
        var answer = await context.Api.Delete($"{Servers}/{Segment(context)}", context.Cancellation);
        context.Print.Done($"Removed {context.Get(Name)}.", answer);
        return ExitCode.Ok;
    }, Name);

    private static Command Discover(CommandFactory factory) => factory.Verb("discover", "Ask a server for its tools now", async context =>
    {
        context.Print.Object(await context.Api.Post($"{Servers}/{Segment(context)}/discover", null, context.Cancellation));
        return ExitCode.Ok;
    }, Name);

    private static Command Logs(CommandFactory factory) => factory.Verb("logs", "Show what the processes of a stdio server wrote to their error streams at the gateway that answers", async context =>
    {
        var answer = await context.Api.Get($"/api/v1/gateway/servers/{Segment(context)}/stderr", context.Cancellation);
        if (context.Print.IsJson)
        {
            context.Print.Json(answer);
            return ExitCode.Ok;
        }

        var processes = answer?["items"] as JsonArray ?? [];
        context.Print.Text($"gateway {answer?["gateway_id"]}: {(processes.Count == 0 ? "no process runs, and none ended lately" : $"{processes.Count} processes")}");
        foreach (var process in processes)
        {
            var whose = process?["principal"] is { } principal ? $" of {principal}" : "";
            context.Print.Text($"== process {process?["process_id"]} ({process?["state"]}, {process?["scope"]}{whose}, started {process?["started_at"]}) ==");
            context.Print.Text(process?["is_withheld"]?.GetValue<bool>() == true ? "[withheld: it serves other tenants, too]" : ((string?)process?["stderr"] ?? "").TrimEnd('\n'));
        }

        return ExitCode.Ok;
    }, Name);

    private static Command Add(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "Slug of the server: a-z, 0-9, '-'" };
        var command = new Argument<string[]>("COMMAND") { Description = "After --: command and arguments of a launcher, written to the local launcher file", Arity = ArgumentArity.ZeroOrMore };
        var url = new Option<string?>("--url") { Description = "Address of the MCP server (the platform's own address is --platform here)", HelpName = "URL" };
        var sse = new Option<bool>("--sse") { Description = "The address speaks the older HTTP+SSE transport" };
        var header = new Option<string[]>("--header") { Description = "Sent with every request, name=value; stored encrypted", HelpName = "NAME=VALUE" };
        var launcher = new Option<string?>("--launcher") { Description = "Launcher of the gateway's operator that starts the server", HelpName = "NAME" };
        var variable = new Option<string[]>("--var") { Description = "Value for a variable that the launcher declares; stored encrypted", HelpName = "NAME=VALUE" };
        var scope = new Option<string?>("--scope") { Description = "Who shares a process of the server: tenant, principal, session, call or shared", HelpName = "SCOPE" };
        var idleStop = new Option<int?>("--idle-stop-ms") { Description = "How long a process may stand idle before it is stopped", HelpName = "MS" };
        var maxInstances = new Option<int?>("--max-instances") { Description = "Most processes of the server at once", HelpName = "N" };
        var title = new Option<string?>("--title") { Description = "Name for people", HelpName = "TEXT" };
        var environment = new Option<string?>("--environment") { Description = "Label for policies, for example prod", HelpName = "NAME" };
        var tag = new Option<string[]>("--tag") { Description = "Free label; may be given several times", HelpName = "TAG" };
        var allowPrivate = new Option<bool>("--allow-private-address") { Description = "The server may live on a loopback, private or link-local address (admins)" };
        var file = new Option<string>("--file") { Description = "The launcher file", HelpName = "FILE", DefaultValueFactory = _ => "mcpplatform.yaml" };
        var definitions = Definitions();
        var (rate, burst, toolRate, most) = (LimitOptions.Rate("of all callers"), LimitOptions.Burst(), LimitOptions.ToolRate(), LimitOptions.MaxConcurrency());
        return factory.Verb("add", "Register a server by --url or --launcher; or, with -- COMMAND, write a launcher into the local file", async context =>
        {
            if (context.Get(command) is { Length: > 0 } words)
            {
                return AddLauncher(context, context.Get(name), words, context.Get(file)!, context.Get(variable) ?? []);
            }

            if ((context.Get(url) is null) == (context.Get(launcher) is null))
            {
                throw CliException.Usage("Give --url or --launcher, or a command after --.");
            }

            var body = Arguments.Body(
                ("slug", context.Get(name)),
                ("title", context.Get(title)),
                ("transport", context.Get(launcher) is not null ? "stdio" : context.Get(sse) ? "sse" : "http"),
                ("url", context.Get(url)),
                ("launcher", context.Get(launcher)),
                ("scope", context.Get(scope)),
                ("idle_stop_ms", context.Get(idleStop)),
                ("max_instances", context.Get(maxInstances)),
                ("environment", context.Get(environment)),
                ("tags", Arguments.Texts(context.Get(tag))),
                ("allow_private_address", context.Get(allowPrivate) ? true : null),
                ("headers", NotEmpty(Arguments.Pairs(context.Get(header) ?? [], "--header"))),
                ("variables", NotEmpty(Arguments.Pairs(context.Get(variable) ?? [], "--var"))),
                ("rate_limit", LimitOptions.Body(context.Get(rate), context.Get(burst))),
                ("tool_rate_limits", LimitOptions.Body(context.Get(toolRate) ?? [])),
                ("max_concurrency", context.Get(most)),
                ("definitions", context.Get(definitions)));
            context.Print.Object(await context.Api.Post(Servers, body, context.Cancellation));
            return ExitCode.Ok;
        }, name, command, url, sse, header, launcher, variable, scope, idleStop, maxInstances, title, environment, tag, allowPrivate, file, rate, burst, toolRate, most, definitions);
    }

    private static Command Import(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "Name in the registry, for example com.example/weather" };
        var registry = new Option<string>("--registry") { Description = "Address of the MCP registry", HelpName = "URL", DefaultValueFactory = _ => "https://registry.modelcontextprotocol.io" };
        var registryHeader = new Option<string[]>("--registry-header") { Description = "Sent to the registry, name=value, for a private one", HelpName = "NAME=VALUE" };
        var version = new Option<string>("--version") { Description = "Version of the server", HelpName = "VERSION", DefaultValueFactory = _ => "latest" };
        var slug = new Option<string?>("--slug") { Description = "What it is called here; default: the last part of its name", HelpName = "SLUG" };
        var set = new Option<string[]>("--set") { Description = "Value for a variable or header that the server declares; headers are stored encrypted", HelpName = "NAME=VALUE" };
        var tag = new Option<string[]>("--tag") { Description = "Free label; may be given several times", HelpName = "TAG" };
        var allowPrivate = new Option<bool>("--allow-private-address") { Description = "The server may live on a loopback, private or link-local address (admins)" };
        return factory.Verb("import", "Register a remote server as an MCP registry describes it", async context =>
        {
            if (!Uri.TryCreate(context.Get(registry), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                throw CliException.Usage("--registry takes an address that begins with http:// or https://.");
            }

            var headers = Arguments.Pairs(context.Get(registryHeader) ?? [], "--registry-header").ToDictionary(h => h.Key, h => (string)h.Value!);
            using var source = new McpRegistry(address, headers);
            var entry = new RegistryEntry(await source.Server(context.Get(name), context.Get(version)!, context.Cancellation), Arguments.Pairs(context.Get(set) ?? [], "--set"));
            var remote = entry.Remote();
            var body = Arguments.Body(
                ("slug", context.Get(slug) ?? entry.Slug),
                ("title", entry.Title),
                ("transport", remote.Transport),
                ("url", remote.Url),
                ("tags", Arguments.Texts(context.Get(tag))),
                ("allow_private_address", context.Get(allowPrivate) ? true : null),
                ("headers", NotEmpty(remote.Headers)));
            context.Print.Object(await context.Api.Post(Servers, body, context.Cancellation));
            return ExitCode.Ok;
        }, name, registry, registryHeader, version, slug, set, tag, allowPrivate);
    }

    private static Option<string?> Definitions() =>
        new("--definitions") { Description = "Definitions that it adds or changes are served (auto), withheld until accepted (quarantine), or as the operator says (default)", HelpName = "RULE" };

    private static Command Guard(CommandFactory factory)
    {
        var rule = new Argument<string>("RULE") { Description = "auto, quarantine or default" };
        return factory.Verb("definitions", "Set what becomes of definitions that a server adds or changes", async context =>
        {
            context.Print.Object(await context.Api.Patch($"{Servers}/{Segment(context)}", Arguments.Body(("definitions", context.Get(rule))), context.Cancellation));
            return ExitCode.Ok;
        }, Name, rule);
    }

    private static Command Limit(CommandFactory factory)
    {
        var (rate, burst, toolRate, most) = (LimitOptions.Rate("of all callers"), LimitOptions.Burst(), LimitOptions.ToolRate(), LimitOptions.MaxConcurrency());
        return factory.Verb("limit", "Set how much of a server gateways let through; rates of tools are replaced as a whole", async context =>
        {
            var body = Arguments.Body(
                ("rate_limit", LimitOptions.Body(context.Get(rate), context.Get(burst))),
                ("tool_rate_limits", LimitOptions.Body(context.Get(toolRate) ?? [])),
                ("max_concurrency", context.Get(most)));
            context.Print.Object(await context.Api.Patch($"{Servers}/{Segment(context)}", body, context.Cancellation));
            return ExitCode.Ok;
        }, Name, rate, burst, toolRate, most);
    }

    private static Command Cache(CommandFactory factory)
    {
        var tool = new Option<string[]>("--tool") { Description = "Tool whose results gateways may keep, by name, or a pattern with * for tools that read only; may be given several times", HelpName = "NAME" };
        var ttl = new Option<int?>("--ttl-ms") { Description = "How long a result is good for, in milliseconds", HelpName = "MS" };
        var scope = new Option<string?>("--scope") { Description = "For whom: principal (whoever asked, default) or tenant (everybody who may call it)", HelpName = "SCOPE" };
        var off = new Option<bool>("--off") { Description = "Keep nothing any more" };
        scope.AcceptOnlyFromAmong("principal", "tenant");
        return factory.Verb("cache", "Declare tools whose results may be kept; replaces what was declared before", async context =>
        {
            var tools = context.Get(tool) ?? [];
            if (context.Get(off) ? tools.Length > 0 || context.Get(ttl) is not null || context.Get(scope) is not null : tools.Length == 0 || context.Get(ttl) is null)
            {
                throw CliException.Usage("Give --tool and --ttl-ms, or --off alone.");
            }

            var declared = context.Get(off) ? [] : Arguments.Body(("tools", Arguments.Texts(tools)), ("ttl_ms", context.Get(ttl)), ("scope", context.Get(scope)));
            context.Print.Object(await context.Api.Patch($"{Servers}/{Segment(context)}", Arguments.Body(("cache", declared)), context.Cancellation));
            return ExitCode.Ok;
        }, Name, tool, ttl, scope, off);
    }

    private static int AddLauncher(CommandContext context, string name, string[] words, string file, string[] variables)
    {
        var path = Path.Combine(context.Terminal.Folder, file);
        LauncherFile.Add(path, new Launcher(name, words[0], words[1..], variables));
        context.Print.Done($"Launcher {name} is in {file}. A gateway that reads this file knows it within seconds; then: mcpp servers add {name} --launcher {name}");
        return ExitCode.Ok;
    }

    private static JsonObject? NotEmpty(JsonObject members) => members.Count == 0 ? null : members;

    // The API takes slugs as well as ids.
    private static string Segment(CommandContext context) => Arguments.Segment(context.Get(Name));
}
