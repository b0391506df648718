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

    /// <summary>One page of prompts.</summary>
    public const string ListPrompts = "prompts/list";

    /// <summary>One prompt, filled in.</summary>
    public const string GetPrompt = "prompts/get";

    /// <summary>One page of resources.</summary>
    public const string ListResources = "resources/list";

    /// <summary>One page of resource templates.</summary>
    public const string ListResourceTemplates = "resources/templates/list";

    /// <summary>The content of one resource.</summary>
    public const string ReadResource = "resources/read";

    /// <summary>Legacy: tell when a resource changes.</summary>
    public const string SubscribeResource = "resources/subscribe";

    /// <summary>Legacy: stop telling.</summary>
    public const string UnsubscribeResource = "resources/unsubscribe";

    /// <summary>Suggestions for an argument of a prompt or template.</summary>
    public const string Complete = "completion/complete";

    /// <summary>Legacy: least severe log message wanted by the session.</summary>
    public const string SetLogLevel = "logging/setLevel";

    /// <summary>Modern: a stream of change events.</summary>
    public const string Listen = "subscriptions/listen";

    /// <summary>Legacy, from the server: a model is asked by way of the client.</summary>
    public const string Sample = "sampling/createMessage";

    /// <summary>Legacy, from the server: the user is asked by way of the client.</summary>
    public const string Elicit = "elicitation/create";

    /// <summary>Legacy, from the server: the client's roots.</summary>
    public const string ListRoots = "roots/list";

    /// <summary>A log message of the server.</summary>
    public const string LogMessage = "notifications/message";

    /// <summary>The server's tools are others now.</summary>
    public const string ToolsChanged = "notifications/tools/list_changed";

    /// <summary>The server's prompts are others now.</summary>
    public const string PromptsChanged = "notifications/prompts/list_changed";

    /// <summary>The server's resources are others now.</summary>
    public const string ResourcesChanged = "notifications/resources/list_changed";

    /// <summary>The content of <c>params.uri</c> changed.</summary>
    public const string ResourceUpdated = "notifications/resources/updated";

    /// <summary>The client's roots are others now.</summary>
    public const string RootsChanged = "notifications/roots/list_changed";

    /// <summary>Modern: what of a subscription is honoured; the first message of its stream.</summary>
    public const string SubscriptionAcknowledged = "notifications/subscriptions/acknowledged";

    /// <summary>Stop the request <c>params.requestId</c>.</summary>
    public const string Cancelled = "notifications/cancelled";

    /// <summary>Progress of the request that carried <c>params.progressToken</c>.</summary>
    public const string Progress = "notifications/progress";

    private static readonly (string Text, byte[] Utf8)[] Known = [.. Names.Select(name => (name, Encoding.UTF8.GetBytes(name)))];

    /// <summary>The common ones, most frequent first: <see cref="Intern"/> compares in this order.</summary>
    private static IEnumerable<string> Names =>
    [
        CallTool, ListTools, Progress, Discover, Initialize, Initialized, Cancelled, Ping, LogMessage, ToolsChanged, ReadResource, GetPrompt, ListPrompts, ListResources,
        ListResourceTemplates, Complete, Listen, ResourceUpdated, PromptsChanged, ResourcesChanged, SubscribeResource, UnsubscribeResource, SetLogLevel, Sample, Elicit, ListRoots, RootsChanged,
    ];

    /// <summary>The name of the member of <c>params</c> that <c>Mcp-Name</c> mirrors (MCP 2026-07-28), or null when the method has none.</summary>
    public static string? MirroredParam(string? method) => method switch
    {
        CallTool or GetPrompt => "name",
        ReadResource => "uri",
        "tasks/get" or "tasks/update" or "tasks/cancel" => "taskId",
        _ => null,
    };

    /// <summary>
    /// True for the methods of one era that the other does not have: 2026-07-28 removed the handshake and all that needed a session, and brought the rest.
    /// </summary>
    public static bool IsGone(string? method, ProtocolEra era) => era == ProtocolEra.Modern
        ? method is Initialize or Ping or SetLogLevel or SubscribeResource or UnsubscribeResource or "tasks/list" or "tasks/result"
        : method is Discover or Listen;

    /// <summary>True for the lists: their modern results say how long they may be kept (<c>ttlMs</c>, <c>cacheScope</c>).</summary>
    public static bool IsList(string? method) => method is ListTools or ListPrompts or ListResources or ListResourceTemplates;

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
