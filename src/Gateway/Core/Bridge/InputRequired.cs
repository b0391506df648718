using System.Text;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Bridge;

/// <summary>The result by which a modern server asks its client for input (2026-07-28, multi-round-trip requests), read and written raw.</summary>
internal static class InputRequired
{
    private static readonly MemberEdit State = MemberEdit.Set("requestState", default);
    private static readonly MemberEdit Responses = MemberEdit.Set("inputResponses", default);
    private static readonly MemberEdit NoState = MemberEdit.Drop("requestState");
    private static readonly byte[] NotDeclared = "{\"code\":-32601,\"message\":\"The client did not declare that it can be asked this.\"}"u8.ToArray();

    /// <summary>Whether a result asks. Others pay for one search of a word.</summary>
    public static bool Is(ReadOnlyMemory<byte> result) =>
        result.Span.IndexOf("input_required"u8) >= 0 && JsonMembers.Find(result, "resultType"u8).Span.SequenceEqual("\"input_required\""u8);

    /// <summary>What is asked: keys and raw requests (<c>method</c>, <c>params</c>).</summary>
    public static IEnumerable<(string Key, ReadOnlyMemory<byte> Request)> Requests(ReadOnlyMemory<byte> result) => JsonMembers.Members(JsonMembers.Find(result, "inputRequests"u8));

    /// <summary>The server's own state, raw; empty when it sent none.</summary>
    public static ReadOnlyMemory<byte> StateOf(ReadOnlyMemory<byte> result) => JsonMembers.Find(result, "requestState"u8);

    /// <summary>The same result with another state.</summary>
    public static PooledBuffer WithState(ReadOnlyMemory<byte> result, string state)
    {
        var edited = new PooledBuffer(result.Length + state.Length);
        JsonSplice.Write(result.Span, [State.With(JsonMembers.Quote(state))], edited);
        return edited;
    }

    /// <summary>Changes to the parameters of a request that is sent again: the server's own state back (empty: none), and answers (empty: as they are).</summary>
    public static IReadOnlyList<MemberEdit> Again(ReadOnlyMemory<byte> state, ReadOnlyMemory<byte> responses)
    {
        var back = state.IsEmpty ? NoState : State.With(state);
        return responses.IsEmpty ? [back] : [back, Responses.With(responses)];
    }

    /// <summary>Writes a result that asks <paramref name="questions"/>, by key, each a raw request.</summary>
    public static PooledBuffer Write(IEnumerable<(string Key, ReadOnlyMemory<byte> Request)> questions, string state)
    {
        var result = new PooledBuffer();
        result.Write("{\"resultType\":\"input_required\",\"inputRequests\":{"u8);
        var isFirst = true;
        foreach (var (key, request) in questions)
        {
            result.Write(isFirst ? default : ","u8);
            result.Write(JsonMembers.Quote(key).Span);
            result.Write(":"u8);
            result.Write(request.Span);
            isFirst = false;
        }

        result.Write("},\"requestState\":"u8);
        result.Write(JsonMembers.Quote(state).Span);
        result.Write("}"u8);
        return result;
    }

    /// <summary>A server's request (legacy) as one of the questions of a result: <c>method</c> and <c>params</c>, without what belongs to the connection.</summary>
    public static byte[] Question(Envelope request)
    {
        var parameters = request.Params.IsEmpty ? "{}"u8 : request.Params.Span;
        return [.. "{\"method\":"u8, .. JsonMembers.Quote(request.Method!).Span, .. ",\"params\":"u8, .. parameters, .. "}"u8];
    }

    /// <summary>What a client must have declared to be asked by this method; null for a method that asks nothing.</summary>
    public static string? CapabilityFor(string? method) => method switch
    {
        McpMethods.Elicit => "elicitation",
        McpMethods.Sample => "sampling",
        McpMethods.ListRoots => "roots",
        _ => null,
    };

    /// <summary>Whether a client with these raw capabilities can be asked anything.</summary>
    public static bool CanBeAsked(ReadOnlyMemory<byte> capabilities) =>
        !JsonMembers.Find(capabilities, "elicitation"u8).IsEmpty || !JsonMembers.Find(capabilities, "sampling"u8).IsEmpty || !JsonMembers.Find(capabilities, "roots"u8).IsEmpty;

    /// <summary>Whether these raw capabilities have the one that a method needs.</summary>
    public static bool Has(ReadOnlyMemory<byte> capabilities, string? method) =>
        CapabilityFor(method) is { } name && !JsonMembers.Find(capabilities, Encoding.UTF8.GetBytes(name)).IsEmpty;

    /// <summary>The answer to a question that a client never said it could be asked: it is not troubled with it. Null: it did say so, or no capability speaks of it.</summary>
    public static RpcAnswer? Undeclared(ReadOnlyMemory<byte> capabilities, string? method) =>
        CapabilityFor(method) is null || Has(capabilities, method) ? null : new RpcAnswer(true, NotDeclared, null);
}
