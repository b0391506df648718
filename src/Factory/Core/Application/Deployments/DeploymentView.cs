using McpPlatform.Factory.Domain;

namespace McpPlatform.Factory.Application.Deployments;

/// <summary>A deployment as the management API shows it.</summary>
/// <param name="Pack"><c>namespace/name</c>; empty when the deployment is gone and so is its pack.</param>
public sealed record DeploymentView(
    Guid Id,
    string Slug,
    string Pack,
    string Version,
    string LockHash,
    string LandingZone,
    DeploymentState State,
    string Message,
    long Generation,
    long ObservedGeneration,
    int Attempt,
    IReadOnlyList<DeploymentCondition> Conditions,
    Guid? ServerId,
    Guid? ToolId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    internal static DeploymentView Of(Deployment deployment, PackVersion? pack) => new(
        deployment.Id,
        deployment.Slug,
        pack?.FullName ?? "",
        pack?.Version ?? "",
        pack?.LockHash ?? "",
        deployment.LandingZone,
        deployment.State,
        deployment.Message,
        deployment.Generation,
        deployment.ObservedGeneration,
        deployment.Attempt,
        deployment.Conditions,
        deployment.ServerId,
        deployment.ToolId,
        deployment.CreatedAt,
        deployment.UpdatedAt);
}

internal static class DeploymentErrors
{
    public static McpPlatform.Kernel.Error NotFound { get; } = McpPlatform.Kernel.Error.NotFound("deployment.not_found", "There is no such deployment.");
}
