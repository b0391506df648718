using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Packs;

/// <summary>Removes a pack version that no deployment uses (<c>pack.in_use</c> otherwise).</summary>
public sealed record DeletePack(string Namespace, string Name, string Version) : IRequest<Result>;

internal sealed class DeletePackValidator : AbstractValidator<DeletePack>
{
    public DeletePackValidator()
    {
        RuleFor(c => c.Namespace).NotEmpty();
        RuleFor(c => c.Name).NotEmpty();
        RuleFor(c => c.Version).NotEmpty();
    }
}

internal sealed class DeletePackHandler(IPackStore packs, IDeploymentStore deployments) : IRequestHandler<DeletePack, Result>
{
    public async Task<Result> Handle(DeletePack request, CancellationToken cancellationToken)
    {
        if (await packs.Find(request.Namespace, request.Name, request.Version, cancellationToken) is not { } pack)
        {
            return PackErrors.NotFound;
        }

        if (await deployments.UsesPack(pack.Id, cancellationToken))
        {
            return Error.Conflict("pack.in_use", "A deployment uses this pack version. Delete the deployment first.");
        }

        packs.Remove(pack);
        return Result.Success;
    }
}
