using McpPlatform.Contracts.Registry;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Redaction;
using McpPlatform.Mcp;
using McpPlatform.Mcp.Upstream;

namespace McpPlatform.UnitTests.Gateway;

/// <summary>Makes connections that connect as told, and remembers all of them.</summary>
internal sealed class FakeConnections : IConnectionFactory
{
    private readonly List<FakeConnection> _made = [];

    /// <summary>What connecting does; ends when the connection stands.</summary>
    public Func<CancellationToken, Task> OnConnect { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<FakeConnection> Made
    {
        get
        {
            lock (_made)
            {
                return [.. _made];
            }
        }
    }

    public NewConnection Create(UpstreamKey key, ServerConnection how, EraChoice era, in ConnectionTerms terms)
    {
        var connection = new FakeConnection(OnConnect);
        lock (_made)
        {
            _made.Add(connection);
        }

        return new NewConnection(connection, KnownSecrets.None);
    }
}

/// <summary>One of them.</summary>
internal sealed class FakeConnection(Func<CancellationToken, Task> onConnect) : IUpstreamConnection
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsClosed { get; set; }

    /// <summary>Ends when it was disposed.</summary>
    public Task Closed => _closed.Task;

    public async ValueTask<UpstreamHandshake> Connect(CancellationToken cancellationToken)
    {
        await onConnect(cancellationToken);
        return new UpstreamHandshake(ProtocolVersion.LatestLegacy, default, default, null);
    }

    public ValueTask Notify(string method, ReadOnlyMemory<byte> parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> Listen(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<UpstreamAnswer> Send(UpstreamRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        _closed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
