using System.Text;

namespace McpPlatform.Mcp;

/// <summary>Method names, and the one place that turns bytes into them without allocating for the known ones.</summary>
public static class McpMethods
{
    /// <summary>Legacy handshake.</summary>
    public const string Initialize = "initialize";

    /// <summary>End of the legacy handshake.</summary>
    public const string Initialized = "notifications/initialized";

    /// <summary>Legacy liveness probe, both directions.</summary>
    public const string Ping = "ping";

    /// <summary>Modern: what the server is and can do.</summary>
    public const string Discover = "server/discover";

    /// <summary>One page of tools.</summary>
    public const string ListTools = "tools/list";

    /// <summary>One call of one tool.</summary>
    public const string CallTool = "tools/call";

    /// <summary>Stop the request <c>params.requestId</c>.</summary>
    public const string Cancelled = "notifications/cancelled";

    /// <summary>Progress of the request that carried <c>params.progressToken</c>.</summary>
    public const string Progress = "notifications/progress";

    private static readonly (string Text, byte[] Utf8)[] Known = [.. Names.Select(name => (name, Encoding.UTF8.GetBytes(name)))];

    /// <summary>The common ones, most frequent first: <see cref="Intern"/> compares in this order.</summary>
    private static IEnumerable<string> Names =>
        [CallTool, ListTools, Progress, Discover, Initialize, Initialized, Cancelled, Ping, "notifications/message", "notifications/tools/list_changed"];

    /// <summary>The name of the member of <c>params</c> that <c>Mcp-Name</c> mirrors (MCP 2026-07-28), or null when the method has none.</summary>
    public static string? MirroredParam(string? method) => method switch
    {
        CallTool or "prompts/get" => "name",
        "resources/read" => "uri",
        "tasks/get" or "tasks/update" or "tasks/cancel" => "taskId",
        _ => null,
    };

    internal static string Intern(ReadOnlySpan<byte> utf8)
    {
        foreach (var (text, bytes) in Known)
        {
            if (utf8.SequenceEqual(bytes))
            {
                return text;
            }
        }

        return Encoding.UTF8.GetString(utf8);
    }
}
