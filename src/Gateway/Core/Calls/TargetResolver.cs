using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>What a request asks for, and what that means to the policy.</summary>
/// <param name="Kind">Of the target.</param>
/// <param name="Refusal">Why there is none; null when there is one.</param>
internal readonly record struct Target(string Action, TargetKind Kind, CallRefusal? Refusal);

/// <summary>
/// Finds the server that a request is for, and what of it, by the caller's state. On a server's own endpoint names are the server's own and URIs need not be listed (templates, and
/// what a server does not list); on the endpoint that shows all servers a name is aggregated, and a URI must belong to exactly one server that the caller sees. A tool set's endpoint has
/// names and resources of its own (<see cref="SetTargets"/>).
/// </summary>
internal static class TargetResolver
{
    private static readonly MemberEdit RefName = MemberEdit.Edit("ref");
    private static readonly MemberEdit Name = MemberEdit.Set("name", default);

    /// <summary>What a request is to the policy, whatever it is for.</summary>
    public static string ActionOf(ToolCall call) => call.Method switch
    {
        McpMethods.GetPrompt => Actions.PromptsGet,
        McpMethods.ReadResource or McpMethods.SubscribeResource or McpMethods.UnsubscribeResource => Actions.ResourcesRead,
        McpMethods.Complete when JsonMembers.Text(JsonMembers.Find(call.Message.Param("ref"u8), "type"u8)) is "ref/resource" => Actions.ResourcesRead,
        McpMethods.Complete => Actions.PromptsGet,
        _ => Actions.ToolsCall,
    };

    /// <summary>Sets <see cref="ToolCall.Route"/> and <see cref="ToolCall.Target"/>, unless it refuses.</summary>
    public static Target Resolve(ToolCall call)
    {
        if (call.Set is { } set)
        {
            return SetTargets.Resolve(call, set);
        }

        var routes = call.State.Registry.RoutesOf(call.Caller.TenantId);
        ServerRoute? server = null;
        if (call.Server is not null && !routes.Servers.TryGetValue(call.Server, out server))
        {
            return Unknown(call, TargetKind.Server);
        }

        switch (call.Method)
        {
            case McpMethods.CallTool:
                return Tool(call, routes, server);
            case McpMethods.GetPrompt:
                return Prompt(call, routes, server, call.Message.Name);
            case McpMethods.ReadResource or McpMethods.SubscribeResource or McpMethods.UnsubscribeResource:
                return Resource(call, routes, server, call.Message.TextParam("uri"u8));
            case McpMethods.Complete:
                return Completion(call, routes, server);
            default:
                // Tasks and the like: what the server itself keeps for its callers.
                return server is null ? Unknown(call, TargetKind.Server) : Found(call, server, "", Actions.ToolsCall, TargetKind.Server);
        }
    }

    private static Target Tool(ToolCall call, TenantRoutes routes, ServerRoute? server)
    {
        ToolRoute? tool = null;
        if (call.Profile?.Makes(call.Message.Name!) is not true)
        {
            _ = server is null ? routes.ByName.TryGetValue(call.Message.Name!, out tool) : server.ByName.TryGetValue(call.Message.Name!, out tool);
        }

        var isRenamed = tool is null && (tool = call.Profile?.Views.Of(server?.Tools ?? routes.Tools, server is not null).Find(call.Message.Name!) as ToolRoute) is not null;
        if (tool is null || !IsIn(tool, call))
        {
            return Unknown(call, TargetKind.Tool);
        }

        call.Tool = tool;
        call.OwnParams = server is null || isRenamed ? tool.OwnName : null;
        return Found(call, tool.Server, tool.Name, Actions.ToolsCall, TargetKind.Tool);
    }

    private static Target Prompt(ToolCall call, TenantRoutes routes, ServerRoute? server, string? name)
    {
        OfferedRoute? prompt = null;
        if (name is not null)
        {
            _ = server is null ? routes.PromptsByName.TryGetValue(name, out prompt) : (prompt = Array.Find(server.Prompts, known => known.Name == name)) is not null;
        }

        return Prompt(call, prompt, isOwnName: server is not null);
    }

    /// <param name="isOwnName">The client calls it as its server does.</param>
    internal static Target Prompt(ToolCall call, IListed? prompt, bool isOwnName)
    {
        if (prompt is null || !IsIn(prompt, call))
        {
            return Unknown(call, TargetKind.Prompt);
        }

        if (!isOwnName)
        {
            MemberEdit[] own = [Name.With(JsonMembers.Quote(prompt.Name))];
            call.OwnParams = call.Method == McpMethods.Complete ? [RefName.With(own)] : own;
        }

        return Found(call, prompt.Server, prompt.Name, Actions.PromptsGet, TargetKind.Prompt);
    }

    private static Target Resource(ToolCall call, TenantRoutes routes, ServerRoute? server, string? uri) =>
        server is null || uri is null ? Resource(call, routes.Resources, routes.ResourceTemplates, uri)
        : server.Withholds(uri) ? Unknown(call, TargetKind.Resource, uri)
        : Found(call, server, uri, Actions.ResourcesRead, TargetKind.Resource);

    /// <summary>Where several servers are shown.</summary>
    internal static Target Resource(ToolCall call, IListed[] resources, IListed[] templates, string? uri)
    {
        if (uri is null)
        {
            return new Target(Actions.ResourcesRead, TargetKind.Resource, CallRefusal.Malformed("'params.uri' must be a string."));
        }

        // What the caller does not see does not count: it must not even make a URI ambiguous.
        var owners = Owners(resources, uri, call, static (known, asked) => known == asked);
        if (owners.Count == 0)
        {
            owners = Owners(templates, uri, call, static (template, asked) => UriTemplates.Matches(template, asked));
        }

        return owners.Count switch
        {
            0 => Unknown(call, TargetKind.Resource, uri),
            1 when !owners[0].Withholds(uri) => Found(call, owners[0], uri, Actions.ResourcesRead, TargetKind.Resource),
            1 => Unknown(call, TargetKind.Resource, uri),
            _ => new Target(Actions.ResourcesRead, TargetKind.Resource, CallRefusal.AmbiguousResource(uri, owners)),
        };
    }

    private static List<ServerRoute> Owners(IListed[] items, string uri, ToolCall call, Func<string, string, bool> matches)
    {
        var asked = new Asked(call.StartedAt, call.Address);
        var owners = new List<ServerRoute>();
        foreach (var item in items)
        {
            if (IsIn(item, call) && matches(item.Name, uri) && !owners.Contains(item.Server) && Access.IsVisible(call.Caller, item, asked))
            {
                owners.Add(item.Server);
            }
        }

        return owners;
    }

    private static Target Completion(ToolCall call, TenantRoutes routes, ServerRoute? server)
    {
        var reference = call.Message.Param("ref"u8);
        return JsonMembers.Text(JsonMembers.Find(reference, "type"u8)) switch
        {
            "ref/prompt" => Prompt(call, routes, server, JsonMembers.Text(JsonMembers.Find(reference, "name"u8))),
            "ref/resource" => Template(call, routes, server, JsonMembers.Text(JsonMembers.Find(reference, "uri"u8))),
            _ => new Target(Actions.PromptsGet, TargetKind.Prompt, CallRefusal.Malformed("'params.ref.type' must be 'ref/prompt' or 'ref/resource'.")),
        };
    }

    /// <summary>Completion names the template itself; clients also send the URI of a plain resource.</summary>
    private static Target Template(ToolCall call, TenantRoutes routes, ServerRoute? server, string? uri) =>
        server is not null ? Resource(call, routes, server, uri) : Template(call, routes.Resources, routes.ResourceTemplates, uri);

    /// <summary>Where several servers are shown.</summary>
    internal static Target Template(ToolCall call, IListed[] resources, IListed[] templates, string? uri)
    {
        var owners = uri is null ? [] : Owners(templates, uri, call, static (template, asked) => template == asked);
        return owners.Count switch
        {
            0 => Resource(call, resources, templates, uri),
            1 => Found(call, owners[0], uri!, Actions.ResourcesRead, TargetKind.Resource),
            _ => new Target(Actions.ResourcesRead, TargetKind.Resource, CallRefusal.AmbiguousResource(uri!, owners)),
        };
    }

    internal static bool IsIn(IListed item, ToolCall call) => item.OnlyIn is not { } only || only == call.ProtocolVersion.Era;

    internal static Target Found(ToolCall call, ServerRoute server, string name, string action, TargetKind kind)
    {
        (call.Route, call.Target) = (server, name);
        return new Target(action, kind, null);
    }

    internal static Target Unknown(ToolCall call, TargetKind kind, string? uri = null) => new("", kind, CallRefusal.Unknown(kind, call.ProtocolVersion.Era, uri, isHidden: false));
}
