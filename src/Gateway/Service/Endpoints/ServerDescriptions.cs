using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// What the gateway's endpoints tell of themselves. A server's own endpoint declares what the server declares in the caller's era, or, where it does not speak that, what of its other
/// era can be had across the bridge. Made once per server and era; no server is asked.
/// </summary>
internal sealed class ServerDescriptions
{
    private static readonly string Version = typeof(ServerDescriptions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private static readonly McpServerDescription All = new("mcpplatform", Version)
    {
        Capabilities = """{"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"completions":{},"logging":{}}"""u8.ToArray(),
    };

    private readonly ConditionalWeakTable<ServerRoute, McpServerDescription> _legacy = [];
    private readonly ConditionalWeakTable<ServerRoute, McpServerDescription> _modern = [];
    private readonly ConditionalWeakTable<ToolSetRoute, McpServerDescription> _sets = [];

    /// <summary>A tool set presents itself by its own words, and can all that the endpoint of all servers can.</summary>
    public McpServerDescription Of(ToolSetRoute set) =>
        _sets.GetValue(set, static shown => new McpServerDescription(shown.Slug, Version) { Capabilities = All.Capabilities, Instructions = shown.Instructions });

    /// <param name="server">Null for the endpoint that shows all.</param>
    public McpServerDescription Of(ServerRoute? server, ProtocolEra era) => server is null ? All
        : era == ProtocolEra.Modern ? _modern.GetValue(server, static route => Describe(route, route.Modern, route.Legacy, FromLegacy))
        : _legacy.GetValue(server, static route => Describe(route, route.Legacy, route.Modern, FromModern));

    private static McpServerDescription Describe(ServerRoute server, ServerFace? own, ServerFace? other, IReadOnlyList<MemberEdit> bridge)
    {
        if ((own ?? other)?.Capabilities is not { } declared)
        {
            return new McpServerDescription(server.Slug, Version) { Instructions = (own ?? other)?.Instructions };
        }

        var raw = JsonMarshal.GetRawUtf8Value(declared).ToArray();
        return new McpServerDescription(server.Slug, Version)
        {
            Capabilities = own is null ? JsonSplice.Apply(raw, [.. bridge]) : raw,
            Instructions = (own ?? other)!.Instructions,
        };
    }

    /// <summary>Tasks of the older kind do not cross; logs come with the request that asks for them.</summary>
    private static readonly MemberEdit[] FromLegacy = [MemberEdit.Drop("tasks")];

    /// <summary>Extensions do not cross; logs are asked for by session, and the gateway says so with each request.</summary>
    private static readonly MemberEdit[] FromModern = [MemberEdit.Drop("extensions"), MemberEdit.SetIfAbsent("logging", "{}"u8.ToArray())];
}
