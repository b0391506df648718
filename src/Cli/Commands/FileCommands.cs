using System.CommandLine;
using System.Text.Json.Nodes;
using McpPlatform.Configuration;

namespace McpPlatform.Cli.Commands;

/// <summary>The part of <c>mcpp config</c> that is about the platform's own file: check it, begin one, show what is in force.</summary>
internal static class FileCommands
{
    public static IEnumerable<Command> All(CommandFactory factory) => [Validate(factory), Generate(factory), Effective(factory), ApplyCommands.Diff(factory), ApplyCommands.Apply(factory), Schema(factory)];

    /// <summary>Where a configuration is named.</summary>
    public static Option<string?> Named() =>
        new("--config", "-c") { Description = "The file (default: MCPP_CONFIG, else mcpplatform.yaml, .yml, .json or .toml here, in ~/.config/mcpplatform, in /etc/mcpplatform)", HelpName = "FILE" };

    /// <summary>The configuration that is named, or found, or in the environment.</summary>
    public static LoadedConfiguration Load(CommandContext context, Option<string?> named)
    {
        var environment = context.Terminal.WholeEnvironment();
        var path = ConfigFiles.Find(context.Get(named) ?? environment.GetValueOrDefault("MCPP_CONFIG"), context.Terminal.Folder);
        if (path is not null && !File.Exists(path))
        {
            throw CliException.Usage($"There is no file {path}.");
        }

        return (path is null ? LoadedConfiguration.OfEnvironment(environment) : LoadedConfiguration.OfFile(path, environment))
            ?? throw CliException.Usage("There is no configuration: none is named, found or in the environment (MCP_SERVER_URL). 'mcpp config generate solo > mcpplatform.yaml' begins one.");
    }

    /// <summary>The same, and its mistakes end the command.</summary>
    public static LoadedConfiguration LoadValid(CommandContext context, Option<string?> named)
    {
        var loaded = Load(context, named);
        return loaded.Problems.Count == 0
            ? loaded
            : throw new CliException(ExitCode.Failed, string.Join('\n', loaded.Problems.Select(p => p.ToString())));
    }

    private static Command Validate(CommandFactory factory)
    {
        var named = Named();
        return factory.Verb("validate", "Check a configuration; each mistake with its line, member, reason and fix", context =>
        {
            var loaded = Load(context, named);
            if (context.Print.IsJson)
            {
                context.Print.Json(new JsonObject
                {
                    ["source"] = loaded.Source,
                    ["valid"] = loaded.Problems.Count == 0,
                    ["problems"] = new JsonArray([.. loaded.Problems.Select(p => new JsonObject
                    {
                        ["source"] = p.At.Source, ["line"] = p.At.Line, ["column"] = p.At.Column, ["path"] = p.Path, ["reason"] = p.Reason, ["fix"] = p.Fix,
                    })]),
                });
            }

            foreach (var problem in loaded.Problems)
            {
                context.Print.Text(problem.ToString());
            }

            var found = loaded.Configuration;
            context.Print.Text(loaded.Problems.Count > 0
                ? $"{loaded.Problems.Count} {(loaded.Problems.Count == 1 ? "problem" : "problems")}."
                : $"{loaded.Source} is valid: {found.Servers.Count} servers, {found.Policies.Count} policies, {found.Launchers.Count} launchers.");
            return Task.FromResult(loaded.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed);
        }, named);
    }

    private static Command Generate(CommandFactory factory)
    {
        var template = new Argument<string>("TEMPLATE") { Description = string.Join(", ", ConfigTemplates.All.Keys) };
        template.AcceptOnlyFromAmong([.. ConfigTemplates.All.Keys]);
        return factory.Verb("generate", "Print a configuration to begin with", context =>
        {
            context.Terminal.Out.Write(ConfigTemplates.All[context.Get(template)]);
            return Task.FromResult(ExitCode.Ok);
        }, template);
    }

    private static Command Effective(CommandFactory factory)
    {
        var named = Named();
        return factory.Verb("effective", "Show every value that is in force and where it comes from; secrets are hidden", context =>
        {
            var loaded = LoadValid(context, named);
            context.Print.List(
                new JsonObject
                {
                    ["items"] = new JsonArray([.. loaded.Values.OrderBy(v => v.Path, StringComparer.Ordinal).Select(v => new JsonObject { ["path"] = v.Path, ["value"] = v.Text, ["origin"] = v.Origin, ["via"] = v.Via })]),
                },
                "values",
                new("MEMBER", "path"), new("VALUE", "value"), new("FROM", "origin"), new("VIA", "via"));
            return Task.FromResult(ExitCode.Ok);
        }, named);
    }

    private static Command Schema(CommandFactory factory) => factory.Verb("schema", "Print the JSON Schema of a configuration, for editors", context =>
    {
        context.Terminal.Out.Write(ConfigSchema.Text);
        return Task.FromResult(ExitCode.Ok);
    });
}
