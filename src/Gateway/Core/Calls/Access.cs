using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>Resolves names and asks the policy: the same questions for listing and calling, so that nothing is callable that is not listed.</summary>
public static class Access
{
    /// <summary>Finds the tool and decides. Null: go on.</summary>
    internal static CallRefusal? Decide(ToolCall call)
    {
        var tool = Resolve(call.State.Registry.RoutesOf(call.Caller.TenantId), call.Server, call.Message.Name!);
        if (tool is null)
        {
            return CallRefusal.UnknownTool;
        }

        call.Tool = tool;
        var request = new AccessRequest
        {
            Principal = call.Caller.Principal,
            Action = Actions.ToolsCall,
            Kind = TargetKind.Tool,
            Server = tool.Server.Slug,
            Name = tool.Name,
            Environment = tool.Server.Environment,
            Method = McpMethods.CallTool,
            Time = call.StartedAt,
            Address = call.Address,
            Arguments = call.Message.Arguments.Span,
        };
        call.Decision = call.Caller.Policy.Decide(request);
        return call.Decision.Effect switch
        {
            Effect.Allow => null,
            Effect.RequireApproval => CallRefusal.ApprovalRequired,
            _ => call.Caller.Policy.CouldAllow(request) ? CallRefusal.PolicyDenied : CallRefusal.HiddenTool,
        };
    }

    /// <summary>Whether a caller sees a tool.</summary>
    public static bool IsVisible(Caller caller, ToolRoute tool, in Asked asked) => caller.Policy.CouldAllow(new AccessRequest
    {
        Principal = caller.Principal,
        Action = Actions.ToolsCall,
        Kind = TargetKind.Tool,
        Server = tool.Server.Slug,
        Name = tool.Name,
        Environment = tool.Server.Environment,
        Method = McpMethods.CallTool,
        Time = asked.Time,
        Address = asked.Address,
    });

    /// <summary>Whether a caller sees a server: it may call one of its tools, or the server as a whole. Without that, there is no such server.</summary>
    public static bool IsVisible(Caller caller, ServerRoute server, in Asked asked)
    {
        foreach (var tool in server.Tools)
        {
            if (IsVisible(caller, tool, asked))
            {
                return true;
            }
        }

        return caller.Policy.CouldAllow(new AccessRequest
        {
            Principal = caller.Principal,
            Action = Actions.ToolsCall,
            Kind = TargetKind.Server,
            Server = server.Slug,
            Environment = server.Environment,
            Method = McpMethods.CallTool,
            Time = asked.Time,
            Address = asked.Address,
        });
    }

    private static ToolRoute? Resolve(TenantRoutes routes, string? server, string name)
    {
        ToolRoute? tool = null;
        if (server is null)
        {
            routes.ByName.TryGetValue(name, out tool);
        }
        else if (routes.Servers.TryGetValue(server, out var route))
        {
            route.ByName.TryGetValue(name, out tool);
        }

        return tool;
    }
}

/// <summary>When and from where something is asked: rules can depend on both.</summary>
public readonly record struct Asked(DateTimeOffset Time, System.Net.IPAddress? Address);
