using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Gateway.State;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>
/// Which server a connection is to, how, and for whom. Two servers never share one, nor do two tenants, but for processes of scope <c>shared</c>: those belong to no
/// tenant (<see cref="Guid.Empty"/>).
/// </summary>
internal sealed record UpstreamKey(Guid TenantId, Guid ServerId, string ConnectionHash, UpstreamPart Part = default)
{
    /// <summary>Legacy where a server that speaks both eras is to speak that one.</summary>
    public EraChoice Era { get; init; }

    /// <summary>Whether it ends with its only use.</summary>
    public bool IsSingleUse => Part.Scope == ProcessScope.Call;
}

/// <summary>Whose part of a server it is, where callers have their own.</summary>
/// <param name="Id">Of the session, or of the call.</param>
/// <param name="Principal">Subject.</param>
/// <param name="Capabilities">Hash of what the client can be asked for; 0 = nothing, or it goes without saying.</param>
internal readonly record struct UpstreamPart(ProcessScope Scope, Guid Id, string? Principal, ulong Capabilities = 0);

/// <summary>How a connection presents itself to its server.</summary>
/// <param name="Capabilities">Raw object; empty = nothing can be asked for.</param>
/// <param name="Peer">Gets what belongs to no request; null = nobody.</param>
/// <param name="IsExclusive">Whether one client stands behind it.</param>
internal readonly record struct ConnectionTerms(ReadOnlyMemory<byte> Capabilities, IUpstreamPeer? Peer, bool IsExclusive);

/// <summary>Makes connections, not yet connected.</summary>
internal interface IConnectionFactory
{
    /// <summary>Throws <see cref="Attempts.UpstreamSetupException"/> when something it needs is missing here.</summary>
    /// <param name="key">Whose credentials they are.</param>
    NewConnection Create(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms);
}

/// <summary>A connection and the credentials it was given.</summary>
internal sealed record NewConnection(IUpstreamConnection Connection, KnownSecrets Secrets)
{
    /// <summary>By which its processes are known to the operating system; null for connections without processes.</summary>
    public string? Mark { get; init; }

    /// <summary>Timestamp since when it stands; null when it never did.</summary>
    public long? StandsSince { get; set; }

    /// <summary>Freed when its processes are gone; null for connections without processes.</summary>
    public InstancePlace? Place { get; init; }
}
