using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Json;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Calls;

/// <summary>The client for which servers are called: what it can be asked for, in which era it speaks, and who takes what servers send it outside of its requests.</summary>
/// <param name="era">In which it speaks with the gateway.</param>
/// <param name="capabilities">Raw object, <c>{}</c> for none.</param>
/// <param name="info">Its name and version, raw object; empty when it did not say.</param>
public class UpstreamClient(ProtocolEra era, ReadOnlyMemory<byte> capabilities, ReadOnlyMemory<byte> info)
{
    private IReadOnlyList<MemberEdit>? _modernParams;
    private string? _logLevel;

    public ProtocolEra Era => era;

    public ReadOnlyMemory<byte> Capabilities => capabilities;

    /// <summary>What it can be asked for.</summary>
    public ClientAbilities Abilities { get; } = ClientAbility.Of(capabilities);

    /// <summary>Tells clients of one principal apart by what they can be asked for.</summary>
    public ulong CapabilitiesHash => field != 0 ? field : field = Math.Max(1, Balancing.StableHash.Of(capabilities.Span));

    /// <summary>Least severe log message that a legacy client wants; null = it did not say.</summary>
    public string? LogLevel
    {
        get => _logLevel;
        set => (_logLevel, _modernParams) = (value, null);
    }

    /// <summary>What every request to a modern server says of this client, which speaks the legacy era and so does not say it itself.</summary>
    public IReadOnlyList<MemberEdit> ModernParams => _modernParams ??= [MemberEdit.Edit("_meta", [.. Meta()])];

    /// <summary>The answer to a question that this client never said it could be asked; null: it is asked.</summary>
    public RpcAnswer? RefusalOf(string? method) => InputRequired.Undeclared(capabilities, method);

    /// <summary>Gets what a server sends outside of requests, on a connection that is this client's alone; null = nobody does.</summary>
    public virtual IUpstreamPeer? PeerOf(ServerRoute server) => null;

    /// <summary>A connection that is this client's alone is about to carry a request of it.</summary>
    public virtual void Uses(EndpointRoute endpoint, IUpstreamConnection connection)
    {
    }

    private IEnumerable<MemberEdit> Meta()
    {
        yield return MemberEdit.Set(MetaKeys.ClientCapabilities, capabilities);
        if (!info.IsEmpty && !info.Span.SequenceEqual("{}"u8))
        {
            yield return MemberEdit.Set(MetaKeys.ClientInfo, info);
        }

        if (_logLevel is { } level)
        {
            yield return MemberEdit.SetIfAbsent(MetaKeys.LogLevel, JsonMembers.Quote(level));
        }
    }
}
