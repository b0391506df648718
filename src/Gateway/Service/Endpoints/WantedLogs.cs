using McpPlatform.Gateway.Calls;
using McpPlatform.Mcp;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>
/// Which logs of a server a client gets, whatever the server sends: a modern one those of the level that its request says, and none without one; one with a session those of the level
/// that it set, and all before that.
/// </summary>
internal static class WantedLogs
{
    /// <summary>What a modern request says; null when it wants none.</summary>
    public static string? LevelOf(Envelope message) => message.Meta.Raw.Span.IndexOf("io.modelcontextprotocol/logLevel"u8) < 0
        ? null
        : JsonMembers.Text(JsonMembers.Find(message.Meta.Raw, "io.modelcontextprotocol/logLevel"u8));

    /// <summary>Passes on what is wanted.</summary>
    public static Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> Of(
        McpRequestContext context, UpstreamClient? client, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> deliver)
    {
        var isModern = context.Version.IsModern;
        var own = isModern ? LevelOf(context.Message) : null;
        return (message, token) => IsLog(message.Span) && !Passes(message, isModern, isModern ? own : client?.LogLevel) ? ValueTask.CompletedTask : deliver(message, token);
    }

    // The name stands in what carries it, too: the member decides.
    private static bool IsLog(ReadOnlySpan<byte> message) => message.IndexOf("notifications/message"u8) >= 0;

    private static bool Passes(ReadOnlyMemory<byte> message, bool isModern, string? wanted) =>
        JsonMembers.Text(JsonMembers.Find(message, "method"u8)) != McpMethods.LogMessage
        || (wanted is null ? !isModern : LogLevels.Passes(JsonMembers.Text(JsonMembers.Find(JsonMembers.Find(message, "params"u8), "level"u8)), wanted));
}
