using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.PolicyEngine;

namespace McpPlatform.Gateway.Calls;

/// <summary>
/// Finds what a request at a tool set's endpoint is for. Names are the set's; a resource has to be one of the set, listed or by a template, and of exactly one server that the caller sees.
/// From here on only the server's own names count.
/// </summary>
internal static class SetTargets
{
    private static readonly MemberEdit Name = MemberEdit.Set("name", default);
    private static readonly MemberEdit Arguments = MemberEdit.Set("arguments", default);
    private static readonly ReadOnlyMemory<byte> NoArguments = "{}"u8.ToArray();
    private static readonly MemberEdit Params = MemberEdit.Edit("params");

    /// <summary>As <see cref="TargetResolver.Resolve"/>.</summary>
    public static Target Resolve(ToolCall call, ToolSetRoute set) => call.Method switch
    {
        McpMethods.CallTool => Tool(call, set),
        McpMethods.GetPrompt => Prompt(call, call.Message.Name is { } name ? set.PromptsByName.GetValueOrDefault(name) : null),
        McpMethods.ReadResource or McpMethods.SubscribeResource or McpMethods.UnsubscribeResource =>
            TargetResolver.Resource(call, set.Resources, set.ResourceTemplates, call.Message.TextParam("uri"u8)),
        McpMethods.Complete => Completion(call, set),
        _ => TargetResolver.Unknown(call, TargetKind.Server),
    };

    private static Target Tool(ToolCall call, ToolSetRoute set)
    {
        var (name, arguments) = (call.Message.Name, call.Message.Arguments);
        var isWrapped = set.Discloses && name == MetaTools.Call;
        if (isWrapped)
        {
            (name, arguments) = (JsonMembers.Text(JsonMembers.Find(call.Message.Arguments, "name"u8)), JsonMembers.Find(call.Message.Arguments, "arguments"u8));
            if (name is null)
            {
                return Malformed("'params.arguments.name' must be the name of a tool, as search_tools finds it.");
            }
        }

        // Said before anything is looked for: it tells nothing of what there is.
        if (!arguments.IsEmpty && !JsonMembers.IsObject(arguments.Span) && !arguments.Span.SequenceEqual("null"u8))
        {
            return Malformed("The arguments of a tool must be an object.");
        }

        // What search_tools finds has the set's names, whatever the client's lists say.
        var profile = isWrapped ? null : call.Profile;
        var tool = (profile?.Makes(name!) is true ? null : set.ByName.GetValueOrDefault(name!)) ?? profile?.Views.Of(set.Tools, ownNames: false).Find(name!) as SetTool;
        if (tool is null || !TargetResolver.IsIn(tool, call))
        {
            return TargetResolver.Unknown(call, TargetKind.Tool);
        }

        call.Tool = tool.Tool;
        if (isWrapped || tool.Fixed is not null)
        {
            if (Meant(call.Message, tool.Name, tool.Fixed?.With(arguments) ?? (JsonMembers.IsObject(arguments.Span) ? arguments : NoArguments)) is not { } meant)
            {
                return Malformed("The arguments of a tool must be JSON that is not nested too deep.");
            }

            call.Message = meant;
            call.Objection = tool.Fixed?.SentAnyway(arguments) is { } sent ? CallRefusal.ArgumentFixed(sent) : null;
        }
        else
        {
            call.OwnParams = tool.Tool.OwnName;
        }

        return TargetResolver.Found(call, tool.Server, tool.Name, Actions.ToolsCall, TargetKind.Tool);
    }

    private static Target Prompt(ToolCall call, SetOffer? prompt)
    {
        if (prompt is not { Fixed: { } fix } || !TargetResolver.IsIn(prompt, call))
        {
            return TargetResolver.Prompt(call, prompt, isOwnName: false);
        }

        var arguments = call.Message.Arguments;
        if (!arguments.IsEmpty && !JsonMembers.IsObject(arguments.Span) && !arguments.Span.SequenceEqual("null"u8))
        {
            return new Target(Actions.PromptsGet, TargetKind.Prompt, CallRefusal.Malformed("The arguments of a prompt must be an object."));
        }

        if (Meant(call.Message, prompt.Name, fix.With(arguments)) is not { } meant)
        {
            return new Target(Actions.PromptsGet, TargetKind.Prompt, CallRefusal.Malformed("The arguments of a prompt must be JSON that is not nested too deep."));
        }

        call.Message = meant;
        call.Objection = fix.SentAnyway(arguments) is { } sent ? CallRefusal.ArgumentFixed(sent) : null;
        return TargetResolver.Prompt(call, prompt, isOwnName: true);
    }

    /// <summary>The call that a message means, with the server's own name of what is called and all its arguments; everything else stays.</summary>
    private static Envelope? Meant(Envelope message, string name, ReadOnlyMemory<byte> arguments)
    {
        MemberEdit[] call = [Name.With(JsonMembers.Quote(name)), Arguments.With(arguments)];
        return EnvelopeParser.Parse(JsonSplice.Apply(message.Bytes.Span, Params.With(call))).Envelope;
    }

    private static Target Completion(ToolCall call, ToolSetRoute set)
    {
        var reference = call.Message.Param("ref"u8);
        return JsonMembers.Text(JsonMembers.Find(reference, "type"u8)) switch
        {
            "ref/prompt" => PromptCompletion(call, JsonMembers.Text(JsonMembers.Find(reference, "name"u8)) is { } name ? set.PromptsByName.GetValueOrDefault(name) : null),
            "ref/resource" => TargetResolver.Template(call, set.Resources, set.ResourceTemplates, JsonMembers.Text(JsonMembers.Find(reference, "uri"u8))),
            _ => new Target(Actions.PromptsGet, TargetKind.Prompt, CallRefusal.Malformed("'params.ref.type' must be 'ref/prompt' or 'ref/resource'.")),
        };
    }

    /// <summary>The server is told what is fixed, as what the client chose already; the client may not ask what that could be.</summary>
    private static Target PromptCompletion(ToolCall call, SetOffer? prompt)
    {
        var target = TargetResolver.Prompt(call, prompt, isOwnName: false);
        if (target.Refusal is null && prompt!.Fixed is { } fix)
        {
            var context = call.Message.Param("context"u8);
            var chosen = JsonMembers.Find(context, "arguments"u8);
            if ((!context.IsEmpty && !JsonMembers.IsObject(context.Span)) || (!chosen.IsEmpty && !JsonMembers.IsObject(chosen.Span)))
            {
                return new Target(Actions.PromptsGet, TargetKind.Prompt, CallRefusal.Malformed("'params.context' and its 'arguments' must be objects."));
            }

            var asked = JsonMembers.Text(JsonMembers.Find(call.Message.Param("argument"u8), "name"u8));
            var sent = asked is not null && fix.Has(asked) ? asked : fix.SentAnyway(chosen);
            call.Objection = sent is null ? null : CallRefusal.ArgumentFixed(sent);
            call.OwnParams = [.. call.OwnParams!, MemberEdit.Edit("context", fix.In("arguments"))];
        }

        return target;
    }

    private static Target Malformed(string message) => new(Actions.ToolsCall, TargetKind.Tool, CallRefusal.Malformed(message));
}
