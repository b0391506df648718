using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Deployments;

/// <summary>Deployments, newest first.</summary>
public sealed record ListDeployments(int? Limit, string? Cursor, bool IncludeDeleted) : IRequest<Result<Page<DeploymentView>>>, IQuery;

/// <summary>One deployment.</summary>
public sealed record GetDeployment(Guid Id) : IRequest<Result<DeploymentView>>, IQuery;

/// <summary>The newest lines that a deployment's process wrote.</summary>
public sealed record GetDeploymentLogs(Guid Id, int? Limit) : IRequest<Result<IReadOnlyList<LogLine>>>, IQuery;

internal sealed class ListDeploymentsHandler(IDeploymentStore deployments, IPackStore packs) : IRequestHandler<ListDeployments, Result<Page<DeploymentView>>>
{
    public async Task<Result<Page<DeploymentView>>> Handle(ListDeployments request, CancellationToken cancellationToken)
    {
        var page = Pages.ById(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (before, limit) = page.Value;
        var found = await deployments.List(before, limit + 1, request.IncludeDeleted, cancellationToken);
        var named = await packs.Named([.. found.Select(d => d.PackId).Distinct()], cancellationToken);
        return Pages.Of(found, limit, d => d.Id.ToString(), d => DeploymentView.Of(d, named.GetValueOrDefault(d.PackId)));
    }
}

internal sealed class GetDeploymentHandler(IDeploymentStore deployments, IPackStore packs) : IRequestHandler<GetDeployment, Result<DeploymentView>>
{
    public async Task<Result<DeploymentView>> Handle(GetDeployment request, CancellationToken cancellationToken) =>
        await deployments.Find(request.Id, cancellationToken) is { } deployment
            ? DeploymentView.Of(deployment, await packs.Find(deployment.PackId, cancellationToken))
            : DeploymentErrors.NotFound;
}

internal sealed class GetDeploymentLogsHandler(IDeploymentStore deployments, IDeploymentLogs logs) : IRequestHandler<GetDeploymentLogs, Result<IReadOnlyList<LogLine>>>
{
    private const int MaxLines = 500;

    public async Task<Result<IReadOnlyList<LogLine>>> Handle(GetDeploymentLogs request, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > MaxLines)
        {
            return Error.Invalid("paging.limit", $"limit must be between 1 and {MaxLines}.");
        }

        return await deployments.Find(request.Id, cancellationToken) is { } deployment
            ? new Result<IReadOnlyList<LogLine>>(logs.Read(deployment.Id, request.Limit ?? MaxLines))
            : DeploymentErrors.NotFound;
    }
}
