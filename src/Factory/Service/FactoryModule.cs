using System.Reflection;
using McpPlatform.Factory.Api;
using McpPlatform.Factory.Application;
using McpPlatform.Factory.Application.Compilation;
using McpPlatform.Factory.Infrastructure.Deployments;
using McpPlatform.Factory.Infrastructure.Messaging;
using McpPlatform.Factory.Infrastructure.Persistence;
using McpPlatform.Factory.Infrastructure.Sources;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Internal;
using McpPlatform.Messaging;
using McpPlatform.Net;
using McpPlatform.Persistence;

namespace McpPlatform.Factory;

/// <summary>The factory: packs from descriptions of APIs, landing zones, deployments.</summary>
public sealed class FactoryModule : IServiceModule
{
    public static string Name => "factory";

    public static Assembly Core => typeof(PackCompiler).Assembly;

    public static void AddServices(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<FactoryOptions>().BindConfiguration(FactoryOptions.Section).ValidateDataAnnotations()
            .Validate(o => o.AllowedPrivateHosts.All(h => EgressRule.TryParse(h, out _)), "Factory:AllowedPrivateHosts holds something that is not host[:port], address[:port] or network/length.")
            .ValidateOnStart();
        builder.AddServiceDatabase<FactoryDbContext>(Name, Core);
        builder.AddServiceClient("registry", caller: Name, timeout: TimeSpan.FromSeconds(60));
        services.AddSingleton(new PackCompiler(new SourceLimits()));
        services.AddScoped<IPackStore, PackStore>();
        services.AddScoped<ISecretStore, SecretStore>();
        services.AddScoped<ILandingZoneStore, LandingZoneStore>();
        services.AddScoped<IDeploymentStore, DeploymentStore>();
        services.AddSingleton<IDocumentSource, HttpDocumentSource>();
        services.AddSingleton<DeploymentLogBook>();
        services.AddSingleton<IDeploymentLogs>(p => p.GetRequiredService<DeploymentLogBook>());
        services.AddSingleton<DeploymentSignal>();
        services.AddSingleton<IDeploymentSignal>(p => p.GetRequiredService<DeploymentSignal>());
        services.AddSingleton<DeploymentRecords>();
        services.AddSingleton<DeploymentPlanner>();
        services.AddSingleton<RuntimeLauncher>();
        services.AddSingleton<RuntimeVerifier>();
        services.AddSingleton<ServerRegistration>();
        services.AddHostedService<DeploymentWorker>();
    }

    public static void AddConsumers(ModuleBus bus) => bus.Competing<HttpToolChangedConsumer>();

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        PackEndpoints.Map(endpoints);
        SecretEndpoints.Map(endpoints);
        LandingZoneEndpoints.Map(endpoints);
        DeploymentEndpoints.Map(endpoints);
    }
}
