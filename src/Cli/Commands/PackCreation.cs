using System.CommandLine;
using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Commands;

/// <summary><c>mcpp packs create</c>: what an API owner decides about a pack.</summary>
internal static class PackCreation
{
    public static Command Create(CommandFactory factory)
    {
        var pack = new Argument<string>("PACK") { Description = PackReference.Description };
        var source = PackCommands.Source();
        var baseUrl = new Option<string[]>("--base-url") { Description = "Where the API is, when the description does not say; further ones are fallbacks, in order", HelpName = "URL" };
        var operation = new Option<string[]>("--operation") { Description = "Only operations of this id; may be given several times", HelpName = "ID" };
        var path = new Option<string[]>("--path") { Description = "Only operations whose path matches: * is a segment, ** anything; may be given several times", HelpName = "GLOB" };
        var tag = new Option<string[]>("--tag") { Description = "Only operations with this tag; may be given several times", HelpName = "TAG" };
        var bearer = new Option<string[]>("--bearer") { Description = "Security scheme of the description = name of a secret, sent as bearer", HelpName = "SCHEME=SECRET" };
        var basic = new Option<string[]>("--basic") { Description = "The same, sent as basic authentication; the secret reads user:password", HelpName = "SCHEME=SECRET" };
        var apiKey = new Option<string[]>("--api-key") { Description = "The same for an API key, with its place: header (default), query or cookie", HelpName = "SCHEME=SECRET@[PLACE:]NAME" };
        return factory.Verb("create", "Compile an API description into a version of a pack; versions never change", async context =>
        {
            var version = PackReference.Parse(context.Get(pack));
            var bases = context.Get(baseUrl) ?? [];
            var credentials = new JsonArray(
            [
                .. Pairs(context.Get(bearer), "--bearer").Select(c => (JsonNode)Credential(c.Scheme, "bearer", c.Secret)),
                .. Pairs(context.Get(basic), "--basic").Select(c => (JsonNode)Credential(c.Scheme, "basic", c.Secret)),
                .. Pairs(context.Get(apiKey), "--api-key").Select(c => (JsonNode)ApiKey(c.Scheme, c.Secret)),
            ]);
            var include = Selectors(context.Get(operation), context.Get(path), context.Get(tag));
            var body = Arguments.Body(
                ("namespace", version.Namespace),
                ("name", version.Name),
                ("version", version.Version),
                ("selection", include.Count == 0 ? null : new JsonObject { ["include"] = include }),
                ("base_url", bases.FirstOrDefault()),
                ("fallback_urls", Arguments.Texts(bases[Math.Min(1, bases.Length)..])),
                ("credentials", credentials.Count == 0 ? null : credentials));
            foreach (var (name, value) in await PackCommands.Document(context, context.Get(source)))
            {
                body[name] = value?.DeepClone();
            }

            var answer = await context.Api.Post("/api/v1/packs", body, context.Cancellation);
            context.Print.Object(answer);
            PackCommands.Notices(context.Print, answer?["report"]?["warnings"], "warning");
            PackCommands.Notices(context.Print, answer?["report"]?["skipped"], "skipped");
            return ExitCode.Ok;
        }, pack, source, baseUrl, operation, path, tag, bearer, basic, apiKey);
    }

    // Each selector stands for itself: what any of them matches is included.
    private static JsonArray Selectors(string[]? operations, string[]? paths, string[]? tags) =>
    [
        .. operations is { Length: > 0 } ? [new JsonObject { ["operation_ids"] = Arguments.Texts(operations) }] : Array.Empty<JsonNode>(),
        .. (paths ?? []).Select(p => (JsonNode)new JsonObject { ["path_glob"] = p }),
        .. tags is { Length: > 0 } ? [new JsonObject { ["tags"] = Arguments.Texts(tags) }] : Array.Empty<JsonNode>(),
    ];

    private static IEnumerable<(string Scheme, string Secret)> Pairs(string[]? pairs, string option) =>
        Arguments.Pairs(pairs ?? [], option).Select(p => (p.Key, (string)p.Value!));

    private static JsonObject Credential(string scheme, string type, string secret) =>
        new JsonObject { ["scheme"] = scheme, ["type"] = type, ["secret_ref"] = secret };

    private static JsonObject ApiKey(string scheme, string text)
    {
        if (text.Split('@') is not [{ Length: > 0 } secret, { Length: > 0 } target])
        {
            throw CliException.Usage($"--api-key {scheme}={text} does not say where the key goes: {scheme}=SECRET@header:X-Api-Key.");
        }

        var (place, name) = target.Split(':', 2) is [var p, var n] ? (p, n) : ("header", target);
        return place is "header" or "query" or "cookie" && name.Length > 0
            ? new JsonObject { ["scheme"] = scheme, ["type"] = "api_key", ["secret_ref"] = secret, ["in"] = place, ["name"] = name }
            : throw CliException.Usage($"'{place}' is no place for an API key: header, query or cookie.");
    }
}
