using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Calls;
using McpPlatform.Cli.Output;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp call</c>: calls a tool through the gateway, as an agent would.</summary>
internal static class CallCommand
{
    public static Command Create(CommandFactory factory)
    {
        var tool = new Argument<string>("TOOL") { Description = "The tool as the gateway names it: server__tool" };
        var words = new Argument<string[]>("KEY=VALUE") { Description = "Arguments, read by the types of the tool's schema", Arity = ArgumentArity.ZeroOrMore };
        var whole = new Option<string?>("--arguments", "-a") { Description = "All arguments as one JSON object; @FILE reads a file, @- standard input", HelpName = "JSON" };
        return factory.Verb("call", "Call a tool through the gateway", async context =>
        {
            var (given, name, pairs) = (context.Get(whole), context.Get(tool), context.Get(words) ?? []);
            if (given is not null && pairs.Length > 0)
            {
                throw CliException.Usage("Give KEY=VALUE words or --arguments, not both.");
            }

            var gateway = new GatewayMcp(context.Api);
            var arguments = given is null
                ? ToolArguments.Parse(pairs, pairs.Length == 0 ? null : await Schema(gateway, name, context.Cancellation))
                : Arguments.ParseObject(given.StartsWith('@') ? await Arguments.ReadText(context, given[1..]) : given, "--arguments");
            var result = await gateway.CallTool(name, arguments, context.Cancellation);
            Show(context.Print, result);
            return result["isError"] is JsonValue failed && failed.GetValueKind() == JsonValueKind.True ? ExitCode.Failed : ExitCode.Ok;
        }, tool, words, whole);
    }

    private static async Task<JsonObject?> Schema(GatewayMcp gateway, string name, CancellationToken cancellationToken)
    {
        var tools = await gateway.ListTools(cancellationToken);
        var found = tools.FirstOrDefault(t => (string?)t["name"] == name)
            ?? throw CliException.Failed($"This key sees no tool '{name}'. 'mcpp tools search' looks through all of them.");
        return found["inputSchema"] as JsonObject;
    }

    private static void Show(Printer print, JsonObject result)
    {
        if (print.IsJson)
        {
            print.Json(result);
            return;
        }

        foreach (var part in (result["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            print.Text((string?)part["type"] == "text" ? (string?)part["text"] ?? "" : $"[{part["type"]} {part["mimeType"] ?? part["uri"]}]; --json shows it");
        }

        if (result["content"] is not JsonArray { Count: > 0 } && result["structuredContent"] is { } structured)
        {
            print.Json(structured);
        }
    }
}
