using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>Resolves names and asks the policy: the same questions for listing and calling, so that nothing is callable that is not listed.</summary>
public static class Access
{
    /// <summary>Finds what is asked for and decides. Null: go on.</summary>
    public static CallRefusal? Decide(ToolCall call)
    {
        // By the method alone, so that it tells nothing of what there is.
        if (call.Caller.Principal.IsBounded && TargetResolver.ActionOf(call) is var needed && !call.Caller.Principal.IsInScope(needed))
        {
            return CallRefusal.OutOfScope(needed);
        }

        var target = TargetResolver.Resolve(call);
        if (target.Refusal is not null)
        {
            return target.Refusal;
        }

        // What is the server's as a whole: who sees the endpoint may.
        if (target.Kind == TargetKind.Server)
        {
            return null;
        }

        var request = new AccessRequest
        {
            Principal = call.Caller.Principal,
            Action = target.Action,
            Kind = target.Kind,
            Server = call.Route!.Slug,
            Name = call.Target,
            Environment = call.Route.Environment,
            Method = call.Method,
            Time = call.StartedAt,
            Address = call.Address,
            Arguments = call.Message.Arguments.Span,
        };
        call.Decision = call.Caller.Policy.Decide(request);
        return call.Decision.Effect switch
        {
            Effect.Allow => Lacking(call) ?? call.Objection,
            Effect.RequireApproval => CallRefusal.ApprovalRequired,
            _ => call.Caller.Policy.CouldAllow(request) ? CallRefusal.PolicyDenied : CallRefusal.Unknown(target.Kind, call.ProtocolVersion.Era, call.Target, isHidden: true),
        };
    }

    /// <summary>A tool that its server has only for clients that can be asked for what this one cannot: in the modern era the client is told what; before, it is not there.</summary>
    private static CallRefusal? Lacking(ToolCall call)
    {
        if (call.Tool is not { Needs: not ClientAbilities.None and var needs })
        {
            return null;
        }

        var isModern = call.ProtocolVersion.IsModern;
        var has = isModern ? ClientAbility.Of(call.Message.Meta.ClientCapabilities) & ClientAbilities.OfModern : call.Client?.Abilities ?? ClientAbilities.None;
        return (needs & ~has) switch
        {
            ClientAbilities.None => null,
            var missing when isModern && (missing & ~ClientAbilities.OfModern) == 0 => CallRefusal.MissingCapability(missing),
            _ => CallRefusal.Unknown(TargetKind.Tool, call.ProtocolVersion.Era, null, isHidden: false),
        };
    }

    /// <summary>Whether a caller may read a resource, listed or not.</summary>
    public static bool MayRead(Caller caller, ServerRoute server, string uri, in Asked asked) => caller.Policy.Decide(new AccessRequest
    {
        Principal = caller.Principal,
        Action = Actions.ResourcesRead,
        Kind = TargetKind.Resource,
        Server = server.Slug,
        Name = uri,
        Environment = server.Environment,
        Method = McpMethods.ReadResource,
        Time = asked.Time,
        Address = asked.Address,
    }).Effect == Effect.Allow;

    /// <summary>Whether a caller sees an item: some use of it could be allowed.</summary>
    public static bool IsVisible(Caller caller, IListed item, in Asked asked)
    {
        var (action, kind, method) = Use(item);
        return caller.Policy.CouldAllow(new AccessRequest
        {
            Principal = caller.Principal,
            Action = action,
            Kind = kind,
            Server = item.Server.Slug,
            Name = item.Name,
            Environment = item.Server.Environment,
            Method = method,
            Time = asked.Time,
            Address = asked.Address,
        });
    }

    /// <summary>What using an item means to the policy.</summary>
    private static (string Action, TargetKind Kind, string Method) Use(IListed item) => item.Offer switch
    {
        null => (Actions.ToolsCall, TargetKind.Tool, McpMethods.CallTool),
        OfferKind.Prompt => (Actions.PromptsGet, TargetKind.Prompt, McpMethods.GetPrompt),
        _ => (Actions.ResourcesRead, TargetKind.Resource, McpMethods.ReadResource),
    };

    /// <summary>Whether a caller sees a tool set: it may use something of it. Without that, there is no such set.</summary>
    public static bool IsVisible(Caller caller, ToolSetRoute set, in Asked asked) =>
        SeesAny(caller, set.Tools, asked) || SeesAny(caller, set.Prompts, asked) || SeesAny(caller, set.Resources, asked) || SeesAny(caller, set.ResourceTemplates, asked);

    /// <summary>Whether a caller sees a server: it may use something of it, or the server as a whole. Without that, there is no such server.</summary>
    public static bool IsVisible(Caller caller, ServerRoute server, in Asked asked)
    {
        if (SeesAny(caller, server.Tools, asked) || SeesAny(caller, server.Prompts, asked) || SeesAny(caller, server.Resources, asked) || SeesAny(caller, server.ResourceTemplates, asked))
        {
            return true;
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

    private static bool SeesAny(Caller caller, IListed[] items, in Asked asked)
    {
        foreach (var item in items)
        {
            if (IsVisible(caller, item, asked))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>When and from where something is asked: rules can depend on both.</summary>
public readonly record struct Asked(DateTimeOffset Time, System.Net.IPAddress? Address);
