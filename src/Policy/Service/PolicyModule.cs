using System.Reflection;
using McpPlatform.Contracts.Policy;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Configured;
using McpPlatform.Kernel;
using McpPlatform.Persistence;
using McpPlatform.Policy.Api;
using McpPlatform.Policy.Application;
using McpPlatform.Policy.Application.Tenants;
using McpPlatform.Policy.Domain.Limits;
using McpPlatform.Policy.Infrastructure;
using McpPlatform.Policy.Infrastructure.Bootstrap;
using McpPlatform.Policy.Infrastructure.Persistence;
using McpPlatform.PolicyEngine;
using Microsoft.Extensions.Options;

namespace McpPlatform.Policy;

/// <summary>Tenants, API keys, roles with their rules, and the snapshot that gateways decide by.</summary>
public sealed class PolicyModule : IServiceModule
{
    public static string Name => "policy";

    public static Assembly Core => typeof(PolicyQuotas).Assembly;

    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<PolicyDbContext>(Name, Core);
        var services = builder.Services;
        services.AddOptions<PolicyOptions>().BindConfiguration(PolicyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p =>
        {
            var options = p.GetRequiredService<IOptions<PolicyOptions>>().Value;
            return new PolicyQuotas(options.MaxTenants, options.MaxKeysPerTenant, options.MaxPolicySetsPerTenant, options.MaxPolicySetBytes);
        });
        services.AddScoped<ITenants, Infrastructure.Persistence.Tenants>();
        services.AddScoped<IApiKeys, ApiKeys>();
        services.AddScoped<IPolicySets, PolicySets>();
        services.AddScoped<IPolicyVersion, PolicyVersion>();
        services.AddScoped<ISnapshotReader, SnapshotReader>();
        services.AddSingleton<SnapshotCache<PolicySnapshot>>();
        services.AddSingleton<LeaseBook>();
        services.AddScoped<IDatabaseSeed, BootstrapSeed>();
        services.AddSingleton<IBootstrapKey, BootstrapKey>();
        services.AddConfiguration<PolicyTaker>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        TenantEndpoints.Map(endpoints);
        KeyEndpoints.Map(endpoints);
        PolicyEndpoints.Map(endpoints);
        endpoints.MapGroup("/api/v1/configuration/policy").MapConfiguration<PolicyTaker>(Permissions.PoliciesRead, Permissions.PoliciesWrite);
        SnapshotEndpoints.Map(endpoints);
        LeaseEndpoints.Map(endpoints);
    }
}
