using System.Text.Json.Nodes;
using McpPlatform.EndToEndTests.Wire;

namespace McpPlatform.EndToEndTests.Servers;

/// <summary>One request that a server is asked directly and through the gateway.</summary>
internal sealed record Step(string Method, JsonObject Parameters)
{
    /// <summary>The server asks its client outside of the request: over Streamable HTTP there is no such way to a modern client.</summary>
    public bool AsksBeside { get; init; }

    public static Step Call(string tool, JsonObject? arguments = null, JsonNode? progressToken = null)
    {
        var parameters = new JsonObject { ["name"] = tool, ["arguments"] = arguments ?? [] };
        if (progressToken is not null)
        {
            parameters["_meta"] = new JsonObject { ["progressToken"] = progressToken };
        }

        return new("tools/call", parameters);
    }

    public static Step Read(string uri) => new("resources/read", new JsonObject { ["uri"] = uri });

    public static Step Get(string prompt, JsonObject? arguments = null) => new("prompts/get", new JsonObject { ["name"] = prompt, ["arguments"] = arguments ?? [] });

    public static Step Complete(JsonObject reference, string argument, string value, JsonObject? context = null)
    {
        var parameters = new JsonObject { ["ref"] = reference, ["argument"] = new JsonObject { ["name"] = argument, ["value"] = value } };
        if (context is not null)
        {
            parameters["context"] = new JsonObject { ["arguments"] = context };
        }

        return new("completion/complete", parameters);
    }
}

/// <summary>A third-party server: how a test talks with one of its own, how the platform is told of another, and what both are asked.</summary>
internal sealed class RealServer
{
    public required string Slug { get; init; }

    /// <summary>Starts one for the test alone and meets it, in the version asked for or the newest that it speaks.</summary>
    public required Func<JsonObject, string, Task<Conversation>> Direct { get; init; }

    /// <summary>What the management API takes.</summary>
    public required JsonObject Terms { get; init; }

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Whether it speaks the modern era itself.</summary>
    public bool IsDual { get; init; }

    /// <summary>Whether it may ask its callers anything: each has a process or a session there.</summary>
    public bool MayAsk { get; init; }

    /// <summary>Whether it can ask a modern client outside of requests.</summary>
    public bool CanAskBeside { get; init; } = true;

    public override string ToString() => Slug;
}
