using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Bridge;

/// <summary>One request of the client: its stream takes messages until it is answered.</summary>
internal sealed class HeldRound(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? notify, RequestId token)
{
    private static readonly MemberEdit Params = MemberEdit.Edit("params");
    private static readonly MemberEdit Token = MemberEdit.Set(MetaKeys.ProgressToken, default);

    public bool IsOver { get; set; }

    public async ValueTask Deliver(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var isProgress = JsonMembers.Find(message, "method"u8).Span.SequenceEqual("\"notifications/progress\""u8);
        if (notify is null || (isProgress && token.IsNone))
        {
            return;
        }

        if (!isProgress)
        {
            await notify(message, cancellationToken);
            return;
        }

        // Each round is a request of its own, with its own token.
        using var own = new PooledBuffer(message.Length + token.Raw.Length);
        JsonSplice.Write(message.Span, [Params.With([Token.With(token.Raw)])], own);
        await notify(own.Written, cancellationToken);
    }
}
