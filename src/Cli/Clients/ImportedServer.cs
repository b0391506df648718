using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpPlatform.Cli.Clients;

/// <summary>One server of a desktop client's configuration, as it is to be registered here.</summary>
/// <param name="Name">As the client calls it.</param>
/// <param name="Slug">As it is called here.</param>
/// <param name="Transport"><c>http</c>, <c>sse</c> or <c>stdio</c>.</param>
/// <param name="Url">For <c>http</c> and <c>sse</c>.</param>
/// <param name="Command">For <c>stdio</c>: command and arguments.</param>
/// <param name="Secrets">Headers, or variables of the process.</param>
/// <param name="Problem">Why it cannot be taken over; null when it can.</param>
internal sealed partial record ImportedServer(string Name, string Slug, string Transport, string? Url, IReadOnlyList<string> Command, JsonObject Secrets, string? Problem)
{
    private static readonly string[] Members = ["mcpServers", "servers", "context_servers"];
    private static readonly string[] Addresses = ["url", "httpUrl", "serverUrl"];

    /// <summary>Reads <c>mcpServers</c> (or <c>servers</c>, <c>context_servers</c>) of a client's file; comments and trailing commas are taken. Throws <see cref="CliException"/>.</summary>
    /// <param name="environment">Values for <c>${NAME}</c> and <c>${env:NAME}</c>.</param>
    public static IReadOnlyList<ImportedServer> Read(string text, string file, Func<string, string?> environment)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            throw CliException.Usage($"{file} is no JSON: {e.Message}");
        }

        if (root is not JsonObject config || Array.Find(Members, m => config[m] is JsonObject) is not { } member)
        {
            throw CliException.Usage($"{file} has no object 'mcpServers' (nor 'servers', nor 'context_servers').");
        }

        return [.. ((JsonObject)config[member]!).Select(server => Read(server.Key, server.Value, environment))];
    }

    private static ImportedServer Read(string name, JsonNode? value, Func<string, string?> environment)
    {
        var slug = Other().Replace(name.ToLowerInvariant(), "-").Trim('-');
        var missing = new List<string>();
        if (value is not JsonObject server || slug.Length == 0)
        {
            return Not("it is no object with a name");
        }

        var url = Array.Find(Addresses, a => server[a] is not null) is { } address ? Text(server[address]) : null;
        if (url is null && Text(server["command"]) is not { Length: > 0 })
        {
            return Not("it has neither an address (url) nor a command");
        }

        var secrets = new JsonObject();
        foreach (var (key, secret) in server[url is null ? "env" : "headers"] as JsonObject ?? [])
        {
            secrets[key] = Text(secret) ?? secret?.ToJsonString() ?? "";
        }

        List<string> command = url is null ? [Text(server["command"])!, .. (server["args"] as JsonArray ?? []).Select(a => Text(a) ?? a?.ToJsonString() ?? "")] : [];
        return missing.Count > 0
            ? Not($"{string.Join(", ", missing.Distinct())} must be set in the environment of this command")
            : new ImportedServer(name, slug, url is null ? "stdio" : Text(server["type"]) == "sse" || Text(server["transport"]) == "sse" ? "sse" : "http", url, command, secrets, null);

        ImportedServer Not(string problem) => new(name, slug, "", null, [], [], problem);

        string? Text(JsonNode? node) => node is JsonValue plain && plain.TryGetValue(out string? text) ? Placeholder().Replace(text, Fill) : null;

        // ${input:…} is the client's own to ask for.
        string Fill(Match match)
        {
            if (match.Groups[1].Value.Length == 0 && environment(match.Groups[2].Value) is { } known)
            {
                return known;
            }

            missing.Add(match.Value);
            return "";
        }
    }

    [GeneratedRegex(@"\$\{(?:env:)?(input:)?([A-Za-z0-9_-]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();
}
