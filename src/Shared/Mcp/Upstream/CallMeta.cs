using System.Buffers;
using System.Globalization;
using System.Text;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Mcp.Upstream;

/// <summary>What <c>params._meta</c> becomes on the way to a server of an era, and back.</summary>
internal static class CallMeta
{
    private static readonly MemberEdit Meta = MemberEdit.Edit("_meta");
    private static readonly MemberEdit Params = MemberEdit.Edit("params");
    private static readonly MemberEdit Token = MemberEdit.Set(MetaKeys.ProgressToken, default);
    private static readonly MemberEdit Subscription = MemberEdit.Set(MetaKeys.SubscriptionId, default);
    private static readonly MemberEdit NoToken = MemberEdit.Drop(MetaKeys.ProgressToken);
    private static readonly MemberEdit Trace = MemberEdit.Set(MetaKeys.TraceParent, default);
    private static readonly MemberEdit NoTrace = MemberEdit.Drop(MetaKeys.TraceParent);
    private static readonly MemberEdit TraceState = MemberEdit.Set(MetaKeys.TraceState, default);
    private static readonly MemberEdit NoTraceState = MemberEdit.Drop(MetaKeys.TraceState);
    private static readonly MemberEdit NoBaggage = MemberEdit.Drop(MetaKeys.Baggage);

    private static readonly MemberEdit[] DropModern =
    [
        MemberEdit.Drop(MetaKeys.ProtocolVersion),
        MemberEdit.Drop(MetaKeys.ClientCapabilities),
        MemberEdit.Drop(MetaKeys.ClientInfo),
        MemberEdit.Drop(MetaKeys.LogLevel),
    ];

    /// <summary>The caller's own progress token; none when it did not ask for progress.</summary>
    public static RequestId CallerToken(ReadOnlyMemory<byte> parameters) =>
        parameters.IsEmpty ? default : RequestId.FromRaw(JsonMembers.Find(JsonMembers.Find(parameters, "_meta"u8), "progressToken"u8));

    /// <summary>
    /// Writes a request. <paramref name="token"/>: our progress token in place of the caller's; null takes the caller's out, since nobody could receive
    /// progress. The trace context is ours, never the caller's as it came; baggage goes no further.
    /// </summary>
    public static void WriteRequest(
        IBufferWriter<byte> output, long id, string method, ReadOnlySpan<byte> parameters, ProtocolVersion version, ClientIdentity client, long? token)
    {
        var meta = new List<MemberEdit>(8);
        meta.AddRange(version.IsModern ? client.ModernMeta : DropModern);
        meta.Add(token is { } number ? Token.With(Digits(number)) : NoToken);
        var trace = OutgoingTrace.Current;
        meta.Add(trace.Parent is { } parent ? Trace.With(JsonMembers.Quote(parent)) : NoTrace);
        meta.Add(trace.State is { } state ? TraceState.With(JsonMembers.Quote(state)) : NoTraceState);
        meta.Add(NoBaggage);

        if (parameters.IsEmpty && !version.IsModern && meta.TrueForAll(edit => edit.Change == MemberChange.Drop))
        {
            JsonRpcWriter.WriteRequest(output, id, method, default);
            return;
        }

        using var edited = new PooledBuffer(parameters.Length + 512);
        JsonSplice.Write(parameters.IsEmpty ? "{}"u8 : parameters, [Meta.With(meta)], edited);
        JsonRpcWriter.WriteRequest(output, id, method, edited.Written.Span);
    }

    /// <summary>Gives a progress notification the caller's token back; other messages are copied.</summary>
    public static PooledBuffer Restore(Envelope notification, RequestId token)
    {
        var restored = new PooledBuffer(notification.Bytes.Length + token.Raw.Length);
        if (notification.Method == McpMethods.Progress && !token.IsNone)
        {
            JsonSplice.Write(notification.Bytes.Span, [Params.With([Token.With(token.Raw)])], restored);
        }
        else
        {
            restored.Write(notification.Bytes.Span);
        }

        return restored;
    }

    /// <summary>Gives a message of a subscription the caller's id of it back; none: a copy as it is.</summary>
    public static PooledBuffer RestoreSubscription(Envelope notification, RequestId subscription)
    {
        var restored = new PooledBuffer(notification.Bytes.Length + subscription.Raw.Length);
        if (subscription.IsNone)
        {
            restored.Write(notification.Bytes.Span);
        }
        else
        {
            JsonSplice.Write(notification.Bytes.Span, [Params.With([Meta.With([Subscription.With(subscription.Raw)])])], restored);
        }

        return restored;
    }

    /// <summary>The answer to a request that a server sends us: pings are answered, everything else is a capability we never declared.</summary>
    public static PooledBuffer Reply(Envelope request)
    {
        var reply = new PooledBuffer();
        if (request.Method == McpMethods.Ping)
        {
            JsonRpcWriter.WriteResult(reply, request.Id, "{}"u8);
        }
        else
        {
            JsonRpcWriter.WriteError(reply, request.Id, new McpError(ErrorCodes.MethodNotFound, "Method not found."), ProtocolEra.Legacy);
        }

        return reply;
    }

    /// <summary>Writes <c>notifications/cancelled</c> for a request of ours.</summary>
    public static PooledBuffer Cancel(long id)
    {
        var message = new PooledBuffer();
        JsonRpcWriter.WriteNotification(
            message, McpMethods.Cancelled, [.. "{\"requestId\":"u8, .. Digits(id), .. ",\"reason\":\"cancelled by the caller\"}"u8]);
        return message;
    }

    private static byte[] Digits(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
