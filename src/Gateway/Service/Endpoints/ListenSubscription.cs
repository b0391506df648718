using System.Threading.Channels;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;

namespace McpPlatform.Gateway.Endpoints;

/// <summary>One client that listens.</summary>
internal sealed class ListenSubscription(Holder holder, RequestId id, Change change, Standing standing, TimeProvider time) : IChangeSubscriber
{
    private static readonly MemberEdit Meta = MemberEdit.Edit("_meta");
    private static readonly MemberEdit Tag = MemberEdit.Set(MetaKeys.SubscriptionId, default);

    // A client that does not read is told less: what it was not told it finds out by listing.
    private readonly Channel<byte[]> _events = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });

    public RequestId Id => id;

    public Change Change => change;

    public Holder Holder => holder;

    public Guid TenantId => holder.TenantId;

    public string? Server => holder.Server;

    public string? Set => holder.Set;

    public Dictionary<string, Guid> Uris { get; } = new(StringComparer.Ordinal);

    public ChannelReader<byte[]> Events => _events.Reader;

    public void Changed(ServerRoute server, Change what)
    {
        if ((what & change) != Change.None && standing.Of(holder) is { } caller && Access.IsVisible(caller, server, Now()))
        {
            Write(what & change);
        }
    }

    public void Changed(ToolSetRoute set, ToolSetRoute? before, Change what)
    {
        if ((what & change) != Change.None && standing.Of(holder) is { } caller && (Access.IsVisible(caller, set, Now()) || (before is not null && Access.IsVisible(caller, before, Now()))))
        {
            Write(what & change);
        }
    }

    public void Updated(ServerRoute server, string uri, ReadOnlyMemory<byte> parameters)
    {
        if (Uris.TryGetValue(uri, out var id) && id == server.ServerId && standing.Of(holder) is { } caller && Access.MayRead(caller, server, uri, Now()))
        {
            Write(McpMethods.ResourceUpdated, parameters);
        }
    }

    /// <summary>A message of the server's own, the acknowledgement of its part apart.</summary>
    public void Pass(ReadOnlyMemory<byte> message)
    {
        if (!JsonMembers.Find(message, "method"u8).Span.SequenceEqual("\"notifications/subscriptions/acknowledged\""u8))
        {
            _events.Writer.TryWrite(message.ToArray());
        }
    }

    /// <param name="tasks">Those that are followed, raw; empty: none.</param>
    public byte[] Acknowledgement(ReadOnlyMemory<byte> tasks)
    {
        var honoured = new List<byte>();
        Add(honoured, change.HasFlag(Change.Tools), "\"toolsListChanged\":true"u8);
        Add(honoured, change.HasFlag(Change.Prompts), "\"promptsListChanged\":true"u8);
        Add(honoured, change.HasFlag(Change.Resources), "\"resourcesListChanged\":true"u8);
        Add(honoured, Uris.Count > 0, (byte[])[.. "\"resourceSubscriptions\":["u8, .. Uris.Keys.SelectMany((uri, index) => (byte[])[.. index == 0 ? default : ","u8, .. JsonMembers.Quote(uri).Span]), .. "]"u8]);
        Add(honoured, !tasks.IsEmpty, (byte[])[.. "\"taskIds\":"u8, .. tasks.Span]);
        return Message(McpMethods.SubscriptionAcknowledged, (byte[])[.. "{\"notifications\":{"u8, .. honoured, .. "}}"u8]);
    }

    /// <summary>The result that ends a subscription in good order.</summary>
    public byte[] End() => [.. "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"u8, .. id.Raw.Span, .. "}}"u8];

    private Asked Now() => new(time.GetUtcNow(), null);

    private static void Add(List<byte> honoured, bool isHonoured, ReadOnlySpan<byte> member)
    {
        if (isHonoured)
        {
            honoured.AddRange(honoured.Count == 0 ? default : ","u8);
            honoured.AddRange(member);
        }
    }

    private void Write(Change told)
    {
        foreach (var method in Gateway.Changes.Changes.Methods(told))
        {
            Write(method, default);
        }
    }

    private void Write(string method, ReadOnlyMemory<byte> parameters) => _events.Writer.TryWrite(Message(method, parameters));

    private byte[] Message(string method, ReadOnlyMemory<byte> parameters)
    {
        using var tagged = new PooledBuffer(parameters.Length + 256);
        JsonSplice.Write(parameters.IsEmpty ? "{}"u8 : parameters.Span, [Meta.With([Tag.With(id.Raw)])], tagged);
        using var message = new PooledBuffer(tagged.Written.Length + 128);
        JsonRpcWriter.WriteNotification(message, method, tagged.Written.Span);
        return message.Written.ToArray();
    }
}
