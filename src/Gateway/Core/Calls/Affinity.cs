using McpPlatform.Gateway.Balancing;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Calls;

/// <summary>Which calls belong together and should reach the same endpoint.</summary>
internal static class Affinity
{
    /// <summary>
    /// What this call shares with those it belongs to; null: nothing. A session of the protocol's older revisions may have left state behind at its endpoint, so
    /// its calls stay there whatever the algorithm is.
    /// </summary>
    public static ulong? Of(ToolCall call)
    {
        var spread = call.Route!.Spread;
        if (spread.Algorithm == Algorithm.ConsistentHash && (spread.Source != HashSource.Session || call.Session is null))
        {
            return spread.Source == HashSource.Argument && Argument(call, spread.Argument) is { } argument ? argument : StableHash.Of(call.Caller.Subject);
        }

        return call.Session is { } session ? StableHash.Of(session) : null;
    }

    /// <summary>Null when the call has no such argument.</summary>
    private static ulong? Argument(ToolCall call, ReadOnlyMemory<byte> name)
    {
        var arguments = call.Message.Arguments;
        var value = arguments.IsEmpty ? default : JsonMembers.Find(arguments, name.Span);
        return value.IsEmpty ? null : StableHash.Of(value.Span);
    }
}
