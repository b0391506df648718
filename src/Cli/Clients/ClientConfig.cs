using System.Text.Json.Nodes;

namespace McpPlatform.Cli.Clients;

/// <summary>What a client's configuration is made for.</summary>
/// <param name="Name">Of the entry.</param>
/// <param name="Endpoint">MCP address.</param>
/// <param name="Server">Slug when it is one server's endpoint; else null.</param>
/// <param name="Platform">The platform's address.</param>
/// <param name="Key">Null: the client's own way to name a secret that is kept elsewhere.</param>
/// <param name="Command">How this program is started.</param>
/// <param name="Set">Slug when it is a tool set's endpoint; else null.</param>
internal sealed record ClientEntry(string Name, Uri Endpoint, string? Server, Uri Platform, string? Key, IReadOnlyList<string> Command, string? Set = null)
{
    public JsonObject Headers(string placeholder) => new() { ["Authorization"] = $"Bearer {Key ?? placeholder}" };
}

/// <summary>A client, and what its configuration looks like.</summary>
/// <param name="Name">As <c>--client</c> takes it.</param>
/// <param name="File">Where it belongs.</param>
/// <param name="Write">The configuration with this one entry.</param>
internal sealed record ClientConfig(string Name, string File, Func<ClientEntry, JsonObject> Write)
{
    private const string Placeholder = "<your key>";

    /// <summary>As the clients' own documents describe them.</summary>
    public static IReadOnlyList<ClientConfig> All { get; } =
    [
        new("generic", "the client's mcpServers", entry => Servers(entry, "mcpServers", Http(entry, "url", Placeholder, "http"))),
        new("claude-code", ".mcp.json", entry => Servers(entry, "mcpServers", Http(entry, "url", "${MCPP_KEY}", "http"))),
        new("claude-desktop", "claude_desktop_config.json", entry => Servers(entry, "mcpServers", Process(entry))),
        new("cline", "cline_mcp_settings.json", entry => Servers(entry, "mcpServers", Http(entry, "url", Placeholder, "streamableHttp"))),
        new("cursor", ".cursor/mcp.json", entry => Servers(entry, "mcpServers", Http(entry, "url", "${env:MCPP_KEY}"))),
        new("gemini", ".gemini/settings.json", entry => Servers(entry, "mcpServers", Http(entry, "httpUrl", "$MCPP_KEY"))),
        new("stdio", "any client that starts its servers as processes", entry => Servers(entry, "mcpServers", Process(entry))),
        new("vscode", ".vscode/mcp.json", VisualStudioCode),
        new("windsurf", ".codeium/windsurf/mcp_config.json", entry => Servers(entry, "mcpServers", Http(entry, "serverUrl", "${env:MCPP_KEY}"))),
        new("zed", "settings.json", entry => Servers(entry, "context_servers", Http(entry, "url", Placeholder))),
    ];

    private static JsonObject Servers(ClientEntry entry, string member, JsonObject server) => new() { [member] = new JsonObject { [entry.Name] = server } };

    private static JsonObject Http(ClientEntry entry, string address, string placeholder, string? type = null)
    {
        var server = new JsonObject();
        if (type is not null)
        {
            server["type"] = type;
        }

        server[address] = entry.Endpoint.AbsoluteUri;
        server["headers"] = entry.Headers(placeholder);
        return server;
    }

    private static JsonObject Process(ClientEntry entry)
    {
        IEnumerable<string> arguments = [.. entry.Command.Skip(1), "stdio", .. entry.Server is { } server ? new[] { "--server", server } : entry.Set is { } set ? ["--set", set] : []];
        return new()
        {
            ["command"] = entry.Command[0],
            ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
            ["env"] = new JsonObject { ["MCPP_URL"] = entry.Platform.AbsoluteUri.TrimEnd('/'), ["MCPP_KEY"] = entry.Key ?? Placeholder },
        };
    }

    /// <summary>It asks for secrets itself and keeps them.</summary>
    private static JsonObject VisualStudioCode(ClientEntry entry)
    {
        var config = Servers(entry, "servers", Http(entry, "url", "${input:mcpp-key}", "http"));
        if (entry.Key is null)
        {
            config["inputs"] = new JsonArray(new JsonObject { ["type"] = "promptString", ["id"] = "mcpp-key", ["description"] = "Key of McpPlatform", ["password"] = true });
        }

        return config;
    }
}
