using System.Globalization;
using System.Text;
using FluentValidation;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Factory.Application.Packs;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Packs;
using MediatR;

namespace McpPlatform.Factory.Application.Deployments;

/// <summary>
/// Brings the deployment of a tool that was registered on its own in line with the tool: a pack of one operation in landing zone <c>local</c>. Versions that
/// were seen already change nothing. A tool that cannot be compiled is refused, and what ran before goes on.
/// </summary>
public sealed record SyncHttpTool(Guid ToolId, string Slug, long Version, string? Document, IReadOnlyList<string> BaseUrls, string? SecretName, bool Removed) : IRequest<Result>;

internal sealed class SyncHttpToolValidator : AbstractValidator<SyncHttpTool>
{
    public SyncHttpToolValidator()
    {
        RuleFor(c => c.Slug).Must(Slug.IsValid).WithMessage($"slug {Slug.Rule}");
        RuleFor(c => c.Document).NotEmpty().When(c => !c.Removed);
    }
}

internal sealed class SyncHttpToolHandler(
    PackCompiler compiler, IPackStore packs, IDeploymentStore deployments, IDeploymentSignal signal, IEventOutbox events, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<SyncHttpTool, Result>
{
    private const string Namespace = "local.http-tools";

    public async Task<Result> Handle(SyncHttpTool request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var deployment = await deployments.TakeOfTool(request.ToolId, cancellationToken);
        if (deployment is not null && deployment.ToolVersion >= request.Version)
        {
            return Result.Success;
        }

        if (request.Removed)
        {
            deployment?.Remove(now);
        }
        else
        {
            var pack = await Pack(request, cancellationToken);
            if (pack.Error is { } error)
            {
                return error;
            }

            if (deployment is null)
            {
                deployment = new Deployment(Guid.CreateVersion7(now), tenant.TenantId!.Value, request.Slug, pack.Value.Id, LandingZone.LocalName, now);
                deployments.Add(deployment);
            }
            else
            {
                deployment.Restart(pack.Value.Id, $"The tool changed to version {request.Version}.", now);
            }
        }

        if (deployment is not null)
        {
            deployment.Serve(request.ToolId, request.Version);
            events.Add(DeploymentEvents.Changed(deployment, now));
            signal.Wake();
        }

        return Result.Success;
    }

    private async Task<Result<PackVersion>> Pack(SyncHttpTool request, CancellationToken ct)
    {
        // The id keeps packs of tools apart that had the same slug one after the other.
        var name = $"tool-{request.ToolId:n}";
        var version = string.Create(CultureInfo.InvariantCulture, $"1.0.{request.Version}");
        if (await packs.Find(Namespace, name, version, ct) is { } existing)
        {
            return existing;
        }

        PackCredential[] credentials = request.SecretName is { } secret ? [new PackCredential("secret", CredentialType.Bearer, CredentialPlace.Header, "", secret)] : [];
        var recipe = new PackRecipe(Namespace, name, version, new Selection(), request.BaseUrls, credentials);
        var compiled = compiler.Compile(Encoding.UTF8.GetBytes(request.Document!), recipe);
        if (compiled.Error is { } error)
        {
            return error;
        }

        var pack = PackRecords.New(compiled.Value, tenant.TenantId!.Value, clock);
        packs.Add(pack);
        return pack;
    }
}
