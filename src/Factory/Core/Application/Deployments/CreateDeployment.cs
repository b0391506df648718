using FluentValidation;
using McpPlatform.Contracts.Factory;
using McpPlatform.Factory.Application.LandingZones;
using McpPlatform.Factory.Application.Packs;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Deployments;

/// <summary>Wishes a pack version to run. Answers at once; the work is done in the background.</summary>
/// <param name="Pack"><c>namespace/name</c>.</param>
/// <param name="Slug">The server's slug; null: the pack's name.</param>
public sealed record CreateDeployment(string Pack, string Version, string LandingZone, string? Slug) : IRequest<Result<DeploymentView>>;

internal sealed class CreateDeploymentValidator : AbstractValidator<CreateDeployment>
{
    public CreateDeploymentValidator()
    {
        RuleFor(c => c.Pack).NotEmpty().Must(p => p is not null && p.Split('/') is { Length: 2 }).WithMessage("pack must read namespace/name.");
        RuleFor(c => c.Version).NotEmpty();
        RuleFor(c => c.LandingZone).NotEmpty();
        RuleFor(c => c.Slug).Must(s => s is null || Slug.IsValid(s)).WithMessage($"slug {Slug.Rule}");
    }
}

internal sealed class CreateDeploymentHandler(
    IPackStore packs, ILandingZoneStore zones, IDeploymentStore deployments, IDeploymentSignal signal, IEventOutbox events, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<CreateDeployment, Result<DeploymentView>>
{
    public async Task<Result<DeploymentView>> Handle(CreateDeployment request, CancellationToken cancellationToken)
    {
        var names = request.Pack.Split('/');
        if (await packs.Find(names[0], names[1], request.Version, cancellationToken) is not { } pack)
        {
            return Error.Unprocessable(PackErrors.NotFound.Code, $"There is no version {request.Version} of pack '{request.Pack}'.");
        }

        if (request.LandingZone != LandingZone.LocalName && await zones.Find(request.LandingZone, cancellationToken) is null)
        {
            return Error.Unprocessable(LandingZoneErrors.NotFound.Code, $"There is no landing zone '{request.LandingZone}'.");
        }

        var slug = request.Slug ?? pack.Name;
        if (await deployments.IsSlugTaken(slug, cancellationToken))
        {
            return Error.Conflict("deployment.slug_taken", $"Another deployment has the slug '{slug}'. Choose another one, or delete that deployment.");
        }

        var now = clock.GetUtcNow();
        var deployment = new Deployment(Guid.CreateVersion7(now), tenant.TenantId!.Value, slug, pack.Id, request.LandingZone, now);
        deployments.Add(deployment);
        events.Add(DeploymentEvents.Changed(deployment, now));
        signal.Wake();
        return DeploymentView.Of(deployment, pack);
    }
}

/// <summary>What the other services hear of deployments.</summary>
public static class DeploymentEvents
{
    public static DeploymentChanged Changed(Deployment deployment, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now, deployment.TenantId, deployment.Id, deployment.State.ToString().ToLowerInvariant(), deployment.Generation);

    public static ServerDeployed Deployed(Deployment deployment, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), now, deployment.TenantId, deployment.Id, deployment.ServerId!.Value, deployment.Slug);
}
