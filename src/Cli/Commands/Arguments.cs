using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using McpPlatform.Cli.Connection;

namespace McpPlatform.Cli.Commands;

/// <summary>Pieces that several commands share.</summary>
internal static class Arguments
{
    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = "At most so many (default 200)", HelpName = "N", DefaultValueFactory = _ => 200 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && value is < 1 or > 100_000)
            {
                result.AddError("--limit must be between 1 and 100000.");
            }
        });
        return limit;
    }

    /// <summary>The id of what a person named: the id itself, or that of the one item whose <paramref name="member"/> is the name.</summary>
    public static async Task<string> IdOf(ApiClient api, string collection, string member, string name, string noun, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(name, out var id))
        {
            return id.ToString();
        }

        var all = await api.List(collection, 10_000, cancellationToken);
        var found = ((JsonArray)all["items"]!).OfType<JsonObject>().Where(i => string.Equals((string?)i[member], name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found switch
        {
            [var one] => (string)one["id"]!,
            [] => throw CliException.Failed($"There is no {noun} '{name}'."),
            _ => throw CliException.Usage($"{found.Count} {noun}s are called '{name}'; give the id."),
        };
    }

    /// <summary><c>name=value</c> pairs as an object; later ones win.</summary>
    public static JsonObject Pairs(IEnumerable<string> pairs, string option)
    {
        var members = new JsonObject();
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
            {
                throw CliException.Usage($"{option} takes name=value, and '{pair}' is none.");
            }

            members[pair[..at]] = pair[(at + 1)..];
        }

        return members;
    }

    /// <summary>The text of a file, or of standard input for <c>-</c>.</summary>
    public static async Task<string> ReadText(CommandContext context, string path)
    {
        if (path == "-")
        {
            return await context.Terminal.In.ReadToEndAsync(context.Cancellation);
        }

        try
        {
            return await File.ReadAllTextAsync(Path.Combine(context.Terminal.Folder, path), context.Cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{path} cannot be read: {e.Message}");
        }
    }

    public static JsonObject ParseObject(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw CliException.Usage($"{what} must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw CliException.Usage($"{what} is no JSON: {e.Message}");
        }
    }

    /// <summary>An object of those members that have a value: the API is strict about members, and absent means its default.</summary>
    public static JsonObject Body(params (string Name, JsonNode? Value)[] members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members.Where(m => m.Value is not null))
        {
            body[name] = value;
        }

        return body;
    }

    public static JsonArray? Texts(IReadOnlyCollection<string>? values) => values is null or { Count: 0 } ? null : new JsonArray([.. values.Select(v => (JsonNode)v)]);

    public static string Query(string path, params (string Name, string? Value)[] members)
    {
        var query = string.Join('&', members.Where(m => !string.IsNullOrEmpty(m.Value)).Select(m => $"{m.Name}={Uri.EscapeDataString(m.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    public static string Segment(string value) => Uri.EscapeDataString(value);
}
