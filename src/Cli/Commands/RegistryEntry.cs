using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace McpPlatform.Cli.Commands;

/// <summary>What a registry says of a server (<c>server.json</c>), turned into what registers it here.</summary>
/// <param name="entry">The <c>server</c> object.</param>
/// <param name="values">Of the entry's variables and headers, by name, as a person gave them.</param>
internal sealed partial class RegistryEntry(JsonObject entry, JsonObject values)
{
    private readonly SortedDictionary<string, string> _missing = new(StringComparer.Ordinal);

    public string Name => Text(entry, "name") ?? "";

    /// <summary>The name's last part, as slugs are written.</summary>
    public string Slug => Other().Replace(Name[(Name.LastIndexOf('/') + 1)..].ToLowerInvariant(), "-").Trim('-');

    public string? Title => Text(entry, "title") is { Length: > 0 } title ? title : null;

    /// <summary>Transport, address and headers of the first remote that the platform speaks with. Throws <see cref="CliException"/> that names what is missing.</summary>
    public (string Transport, string Url, JsonObject Headers) Remote()
    {
        var remotes = (entry["remotes"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var remote = remotes.Find(r => Text(r, "type") == "streamable-http") ?? remotes.Find(r => Text(r, "type") == "sse") ?? throw NoRemote();
        var variables = remote["variables"] as JsonObject ?? [];
        var url = Fill(Text(remote, "url") ?? "", variables);
        var headers = new JsonObject();
        foreach (var header in (remote["headers"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (Text(header, "name") is not { Length: > 0 } name)
            {
                continue;
            }

            var value = Text(values, name) ?? (Text(header, "value") is { } template ? Fill(template, header["variables"] as JsonObject ?? variables) : Text(header, "default"));
            if (value is not null)
            {
                headers[name] = value;
            }
            else if (IsRequired(header))
            {
                _missing[name] = Text(header, "description") ?? "";
            }
        }

        return _missing.Count == 0 ? (Text(remote, "type") == "sse" ? "sse" : "http", url, headers)
            : throw CliException.Usage($"{Name} needs more: {string.Join(", ", _missing.Select(m => m.Value.Length == 0 ? m.Key : $"{m.Key} ({m.Value})"))}. Give each as --set NAME=VALUE.");
    }

    private CliException NoRemote()
    {
        var packages = (entry["packages"] as JsonArray ?? []).OfType<JsonObject>().Select(p => $"{Text(p, "registryType")} {Text(p, "identifier")} {Text(p, "version")}".Trim()).ToList();
        return CliException.Failed(packages.Count == 0
            ? $"{Name} has no remote that can be reached."
            : $"{Name} is no remote server but a package ({string.Join("; ", packages)}). Let the gateway's operator write a launcher for it: mcpp servers add {Slug} -- COMMAND");
    }

    /// <summary>Puts values in the place of <c>{name}</c>; those that there are none for are missing.</summary>
    private string Fill(string template, JsonObject variables) => Variable().Replace(template, match =>
    {
        var name = match.Groups[1].Value;
        var known = variables[name] as JsonObject ?? [];
        var value = Text(values, name) ?? Text(known, "value") ?? Text(known, "default");
        if (value is null)
        {
            _missing[name] = Text(known, "description") ?? "";
        }

        return value ?? "";
    });

    private static bool IsRequired(JsonObject input) => input["isRequired"] is JsonValue value && value.TryGetValue(out bool required) && required;

    private static string? Text(JsonObject members, string name) => members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    [GeneratedRegex(@"\{([A-Za-z0-9_.-]+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Other();
}
