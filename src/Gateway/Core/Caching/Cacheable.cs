using System.Text;
using System.Text.Json;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Catalog;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Caching;

/// <summary>A request whose answer may be kept, or be another one's as well, and the names under which that is.</summary>
/// <param name="Own">Of what only this principal may get.</param>
/// <param name="Shared">Of what everybody of the tenant may get who is allowed to ask.</param>
/// <param name="Declared">By an operator; null = only the server's own word counts.</param>
/// <param name="MayShare">False where the server itself knows who asks.</param>
/// <param name="Tag">What the server is like.</param>
/// <param name="Epoch">When it was asked, in the server's own changes.</param>
internal sealed record Cacheable(CacheKey Own, CacheKey Shared, ToolCaching? Declared, bool MayShare, string Tag, long Epoch)
{
    /// <summary>What of a request belongs to its journey and not to what is asked: the answer does not depend on it, and it differs each time.</summary>
    private static readonly MemberEdit[] Journey =
    [
        MemberEdit.Drop("name"),
        MemberEdit.Drop("uri"),
        MemberEdit.Strip("_meta", MetaKeys.ProtocolVersion, MetaKeys.ClientInfo, MetaKeys.ProgressToken, MetaKeys.LogLevel, MetaKeys.TraceParent, MetaKeys.TraceState, MetaKeys.Baggage),
    ];

    /// <summary>The names under which another gateway may have kept the answer.</summary>
    public CacheKey[] Names => MayShare && Declared is not { IsShared: false } ? [Own, Shared] : [Own];

    /// <summary>Requests that are equal by this wait for one another.</summary>
    public CacheKey Flight => Declared is { IsShared: true } && MayShare ? Shared : Own;

    /// <summary>
    /// Null: goes to the server. So does what cannot have its answer from elsewhere: a round of several, tasks, and whatever a server remembers of a session. Many clients send a progress token
    /// or a log level with every call: who gets what is kept needs neither, and what the server said something before is not kept (<see cref="Flight"/>).
    /// </summary>
    public static Cacheable? Of(ToolCall call)
    {
        var server = call.Route!;
        ToolCaching? declared = null;
        if (call.Method == McpMethods.CallTool)
        {
            declared = call.Tool!.Caching;
            if (declared is null)
            {
                return null;
            }
        }
        else if (call.Method is not (McpMethods.ReadResource or McpMethods.GetPrompt) || server.Modern is null)
        {
            // Only servers of the modern era say how long a result is good.
            return null;
        }

        if (!server.IsCacheable || call.Resumed is not null || IsRound(call.Message))
        {
            return null;
        }

        return Text(call.Message.Params) is { } asked ? Of(call, server, declared, asked) : null;
    }

    private static Cacheable Of(ToolCall call, ServerRoute server, ToolCaching? declared, string asked)
    {
        var tag = server.CacheTagOf(call.Method, call.Target!);
        var era = call.ProtocolVersion.Era.ToString();

        // A legacy server by address knows the session; what an operator shares among all is shared whatever it knows.
        var session = call is { Session: { } id, Client.Era: ProtocolEra.Legacy } && server is { Legacy: not null, IsProcess: false } ? id.ToString() : "";
        var client = call.Client is { } known ? Encoding.UTF8.GetString(known.Capabilities.Span) : "";
        string[] question = [server.TenantId.ToString(), server.ServerId.ToString(), tag, era, call.Method, call.Target!, client, asked];
        return new Cacheable(CacheKey.Of([.. question, "principal", call.Caller.Subject, session]), CacheKey.Of([.. question, "tenant"]), declared, server.MayShareResults, tag, server.CacheEpoch.Number);
    }

    private static bool IsRound(Envelope message) => !message.Param("requestState"u8).IsEmpty || !message.Param("inputResponses"u8).IsEmpty || !message.Param("task"u8).IsEmpty;

    /// <summary>
    /// What is asked, in one spelling (RFC 8785). Where numbers have more digits than a double holds, as it was written: there the one spelling would be that of other numbers, too. Null: it
    /// has none (half a surrogate pair, too deep).
    /// </summary>
    private static string? Text(ReadOnlyMemory<byte> parameters)
    {
        if (parameters.IsEmpty)
        {
            return "{}";
        }

        try
        {
            var asked = JsonSplice.Apply(parameters.Span, Journey);
            return HasManyDigits(asked.Span) ? "as written\n" + Encoding.UTF8.GetString(asked.Span) : CanonicalJson.Hash(JsonElement.Parse(asked.Span));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool HasManyDigits(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && (reader.ValueSpan.Length > 15 || reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0))
            {
                return true;
            }
        }

        return false;
    }
}
