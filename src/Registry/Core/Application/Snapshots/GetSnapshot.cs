using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.Snapshots;

/// <summary>The snapshot of all tenants, for gateways. Empty when <paramref name="KnownVersion"/> is the current one.</summary>
public sealed record GetSnapshot(long? KnownVersion) : IRequest<Result<SnapshotAnswer>>, IQuery;

/// <summary>The snapshot; null when nothing changed.</summary>
public sealed record SnapshotAnswer(RegistrySnapshot? Snapshot);

internal sealed class GetSnapshotHandler(IRegistryVersion version, ISnapshotReader snapshots) : IRequestHandler<GetSnapshot, Result<SnapshotAnswer>>
{
    public async Task<Result<SnapshotAnswer>> Handle(GetSnapshot request, CancellationToken cancellationToken) =>
        request.KnownVersion is { } known && known == await version.Current(cancellationToken)
            ? new SnapshotAnswer(null)
            : new SnapshotAnswer(await snapshots.Read(cancellationToken));
}
