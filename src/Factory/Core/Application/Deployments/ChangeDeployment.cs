using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Deployments;

/// <summary>Lets a deployment begin anew, with everything read again: pack, secrets, rules.</summary>
public sealed record RestartDeployment(Guid Id) : IRequest<Result<DeploymentView>>;

/// <summary>Lets a deployment leave: out of the registry first, then its process, then its files. Again is the same.</summary>
public sealed record DeleteDeployment(Guid Id) : IRequest<Result<DeploymentView>>;

internal sealed class RestartDeploymentHandler(IDeploymentStore deployments, IPackStore packs, IDeploymentSignal signal, IEventOutbox events, TimeProvider clock)
    : IRequestHandler<RestartDeployment, Result<DeploymentView>>
{
    public async Task<Result<DeploymentView>> Handle(RestartDeployment request, CancellationToken cancellationToken)
    {
        if (await deployments.Take(request.Id, cancellationToken) is not { } deployment)
        {
            return DeploymentErrors.NotFound;
        }

        if (deployment.IsLeaving)
        {
            return Error.Conflict("deployment.leaving", "The deployment is being deleted. Create a new one.");
        }

        var now = clock.GetUtcNow();
        deployment.Restart(deployment.PackId, "A restart was requested.", now);
        events.Add(DeploymentEvents.Changed(deployment, now));
        signal.Wake();
        return DeploymentView.Of(deployment, await packs.Find(deployment.PackId, cancellationToken));
    }
}

internal sealed class DeleteDeploymentHandler(IDeploymentStore deployments, IPackStore packs, IDeploymentSignal signal, IEventOutbox events, TimeProvider clock)
    : IRequestHandler<DeleteDeployment, Result<DeploymentView>>
{
    public async Task<Result<DeploymentView>> Handle(DeleteDeployment request, CancellationToken cancellationToken)
    {
        if (await deployments.Take(request.Id, cancellationToken) is not { } deployment)
        {
            return DeploymentErrors.NotFound;
        }

        var now = clock.GetUtcNow();
        if (!deployment.IsLeaving)
        {
            deployment.Remove(now);
            events.Add(DeploymentEvents.Changed(deployment, now));
            signal.Wake();
        }

        return DeploymentView.Of(deployment, await packs.Find(deployment.PackId, cancellationToken));
    }
}
