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

    /// <summary>
    /// True for the methods of one era that the other does not have: 2026-07-28 removed the handshake and all that needed a session, and brought the rest.
    /// </summary>
    public static bool IsGone(string? method, ProtocolEra era) => era == ProtocolEra.Modern
        ? method is Initialize or Ping or "logging/setLevel" or "resources/subscribe" or "resources/unsubscribe" or "tasks/list" or "tasks/result"
        : method is Discover or "subscriptions/listen";

    /// <summary>True for the requests whose modern results say how long they may be kept (<c>ttlMs</c>, <c>cacheScope</c>).</summary>
    public static bool IsCacheable(string? method) =>
        method is ListTools or Discover or "prompts/list" or "resources/list" or "resources/templates/list" or "resources/read";

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
