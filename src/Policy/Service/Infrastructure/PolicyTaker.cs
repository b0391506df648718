using System.Text.Json;
using McpPlatform.Configuration;
using McpPlatform.Hosting.Configured;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Kernel;
using McpPlatform.Policy.Application.Declared;

namespace McpPlatform.Policy.Infrastructure;

/// <summary>The policy service's part of a configuration: roles, and the tenant's own bound.</summary>
internal sealed class PolicyTaker : IConfigurationTaker
{
    public string Module => PolicyModule.Name;

    public Task<Result<DeclaredPlan>> Take(IServiceProvider services, LoadedConfiguration configuration, bool isPlan, bool mayLimitTenant, CancellationToken cancellationToken)
    {
        DeclaredPolicy[] policies =
        [
            .. configuration.Configuration.Policies.Select(p =>
                new DeclaredPolicy(p.Key, p.Value.Description, JsonSerializer.SerializeToElement(Rules.Grants(p.Value)), Origin(configuration, $"policies.{p.Key}"))),
        ];
        var limit = mayLimitTenant ? new DeclaredLimit(configuration.Configuration.Limits?.MaxConcurrency, Origin(configuration, "limits.max_concurrency")) : null;
        var sender = services.GetRequiredService<ISender>();
        return isPlan ? sender.Send(new PlanPolicies(policies, limit), cancellationToken) : sender.Send(new DeclarePolicies(policies, limit), cancellationToken);
    }

    private static string Origin(LoadedConfiguration configuration, string path) => DeclaredPlan.Shorten(configuration.OriginOf(path));
}
