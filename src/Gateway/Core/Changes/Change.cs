using McpPlatform.Gateway.State;
using McpPlatform.Mcp;

namespace McpPlatform.Gateway.Changes;

/// <summary>Which of a server's lists are others now.</summary>
[Flags]
public enum Change
{
    None = 0,
    Tools = 1,
    Prompts = 2,

    /// <summary>Resources or templates: the protocol has one word for both.</summary>
    Resources = 4,
    All = Tools | Prompts | Resources,
}

/// <summary>Changes as the protocol tells them.</summary>
public static class Changes
{
    /// <summary>The lists that a notification is about; none for other notifications.</summary>
    public static Change Of(string? method) => method switch
    {
        McpMethods.ToolsChanged => Change.Tools,
        McpMethods.PromptsChanged => Change.Prompts,
        McpMethods.ResourcesChanged => Change.Resources,
        _ => Change.None,
    };

    /// <summary>The notifications that tell a change.</summary>
    public static IEnumerable<string> Methods(Change change)
    {
        if (change.HasFlag(Change.Tools))
        {
            yield return McpMethods.ToolsChanged;
        }

        if (change.HasFlag(Change.Prompts))
        {
            yield return McpMethods.PromptsChanged;
        }

        if (change.HasFlag(Change.Resources))
        {
            yield return McpMethods.ResourcesChanged;
        }
    }

    /// <summary>What is different between two states of one server.</summary>
    public static Change Between(ServerRoute before, ServerRoute after) =>
        (before.ToolsHash == after.ToolsHash ? Change.None : Change.Tools)
        | (before.PromptsHash == after.PromptsHash ? Change.None : Change.Prompts)
        | (before.ResourcesHash == after.ResourcesHash ? Change.None : Change.Resources);

    /// <summary>What is different between two states of one tool set, which need not be there.</summary>
    public static Change Between(ToolSetRoute? before, ToolSetRoute? after) => before is null || after is null ? Change.All
        : (before.ToolsHash == after.ToolsHash ? Change.None : Change.Tools)
        | (before.PromptsHash == after.PromptsHash ? Change.None : Change.Prompts)
        | (before.ResourcesHash == after.ResourcesHash ? Change.None : Change.Resources);
}
