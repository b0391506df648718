using System.Globalization;
using McpPlatform.Configuration.Text;

namespace McpPlatform.Configuration.Binding;

/// <summary>One server without a file: <c>MCP_SERVER_URL</c> and the variables beside it, as a server <c>mcp</c> of the configuration.</summary>
internal static class OneServer
{
    public const string Url = "MCP_SERVER_URL";
    public const string Token = "MCP_SERVER_TOKEN";
    public const string Timeout = "MCP_CLIENT_TIMEOUT";
    public const string Connections = "MCP_MAX_CONNECTIONS";
    public const string Retries = "MCP_RETRY_ATTEMPTS";

    /// <summary>Its slug.</summary>
    public const string Slug = "mcp";

    /// <summary>Adds the server when the environment names one. A file that has a server <c>mcp</c> as well is a problem, not a guess.</summary>
    public static void Apply(MapNode root, Func<string, string?> environment, ProblemList problems)
    {
        if (environment(Url) is not { Length: > 0 } url)
        {
            return;
        }

        var at = new Mark(Url, 0, 0);
        if (root.Find("servers")?.Value is not MapNode servers)
        {
            servers = new MapNode(at, []);
            root.Entries.RemoveAll(e => e.Key == "servers");
            root.Entries.Add(new MapEntry("servers", at, servers));
        }

        if (servers.Find(Slug) is { } other)
        {
            problems.Add(other.At, $"servers.{Slug}", $"The environment names this server as well ({Url}).", $"Remove it here, or unset {Url}.");
            return;
        }

        var server = new MapNode(at, []);
        servers.Entries.Add(new MapEntry(Slug, at, server));
        Add(server, "url", url, Url);
        // Whoever sets the environment of this process may reach what this machine reaches.
        Add(server, "allow_private_address", "true", Url);
        if (environment(Token) is { Length: > 0 } token)
        {
            var headers = new MapNode(new Mark(Token, 0, 0), []);
            Add(headers, "Authorization", token.Contains(' ', StringComparison.Ordinal) ? token : $"Bearer {token}", Token);
            server.Entries.Add(new MapEntry("headers", headers.At, headers));
        }

        if (environment(Timeout) is { Length: > 0 } timeout)
        {
            var timeouts = new MapNode(new Mark(Timeout, 0, 0), []);
            Add(timeouts, "total_ms", Milliseconds(timeout) ?? timeout, Timeout);
            server.Entries.Add(new MapEntry("timeouts", timeouts.At, timeouts));
        }

        if (environment(Connections) is { Length: > 0 } connections)
        {
            Add(server, "max_concurrency", connections, Connections);
        }

        if (environment(Retries) is { Length: > 0 } retries)
        {
            // Retries come after the first attempt.
            Add(server, "max_attempts", int.TryParse(retries, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? (n + 1L).ToString(CultureInfo.InvariantCulture) : retries, Retries);
        }
    }

    // Seconds, as people count time-outs; "1500ms" and "30s" as well.
    private static string? Milliseconds(string text)
    {
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1) : text.EndsWith('s') ? (text[..^1], 1000) : (text, 1000);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1_000_000_000
            ? Math.Round(number * unit).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static void Add(MapNode map, string key, string value, string variable)
    {
        var at = new Mark(variable, 0, 0);
        map.Entries.Add(new MapEntry(key, at, new ScalarNode(at, value.Replace("${", "$${", StringComparison.Ordinal), ScalarKind.Text)));
    }
}
