using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.Gateway.Infrastructure.Upstreams;

/// <summary>What the last process of each server said on its error stream before it ended: the one that somebody who asks why it ended wants to read.</summary>
internal sealed class LastWords
{
    /// <summary>200 servers, the latest: with 64 KiB each at most 12.5 MiB.</summary>
    private const int MaxServers = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Tenant, Guid Server), EndedProcess> _ended = [];

    /// <summary>Keeps what a process said; what ended before it is forgotten.</summary>
    public void Keep(UpstreamKey key, NewConnection connection, DateTimeOffset endedAt)
    {
        if (connection.Connection is not StdioUpstream { ProcessId: { } processId, StartedAt: { } startedAt } process)
        {
            return;
        }

        lock (_gate)
        {
            _ended[(key.TenantId, key.ServerId)] = new EndedProcess(key, processId, startedAt, endedAt, process.Stderr, connection.Secrets);
            if (_ended.Count > MaxServers)
            {
                _ended.Remove(_ended.MinBy(ended => ended.Value.EndedAt).Key);
            }
        }
    }

    /// <summary>Of the last process of a server; null when none of it ended lately.</summary>
    public EndedProcess? Of(Guid tenant, Guid server)
    {
        lock (_gate)
        {
            return _ended.GetValueOrDefault((tenant, server));
        }
    }
}

/// <summary>A process that is gone.</summary>
internal sealed record EndedProcess(UpstreamKey Key, int ProcessId, DateTimeOffset StartedAt, DateTimeOffset EndedAt, StderrTail Stderr, KnownSecrets Secrets);
