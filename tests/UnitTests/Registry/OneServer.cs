using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Subregistry;
using McpPlatform.Registry.Domain;

namespace McpPlatform.UnitTests.Registry;

/// <summary>A tenant that has one server.</summary>
internal sealed class OneServer : IServers
{
    public RegisteredServer Server { get; } = RegisteredServer.Register(Guid.NewGuid(), Guid.NewGuid(), "files", null, DateTimeOffset.UnixEpoch);

    public Task<IReadOnlyList<RegisteredServer>> Present(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RegisteredServer>>([Server]);

    public Task<RegisteredServer?> Find(string idOrSlug, CancellationToken cancellationToken) => Task.FromResult<RegisteredServer?>(Server);

    public Task<RegisteredServer?> FindDeployment(Guid deploymentId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> Count(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<RegisteredServer>> List(ServerFilter filter, string? afterSlug, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<RegisteredServer>> Entries(EntryFilter filter, string space, string? afterSlug, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Add(RegisteredServer server) => throw new NotSupportedException();
}
