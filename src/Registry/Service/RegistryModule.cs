using System.Reflection;
using McpPlatform.Contracts.Registry;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Configured;
using McpPlatform.Hosting.Embeddings;
using McpPlatform.Hosting.Internal;
using McpPlatform.Persistence;
using McpPlatform.PolicyEngine;
using McpPlatform.Registry.Api;
using McpPlatform.Registry.Application;
using McpPlatform.Registry.Application.Definitions;
using McpPlatform.Registry.Application.Embeddings;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Application.Integrations;
using McpPlatform.Registry.Application.Routes;
using McpPlatform.Registry.Application.Subregistry;
using McpPlatform.Registry.Application.ToolSets;
using McpPlatform.Registry.Domain;
using McpPlatform.Registry.Infrastructure;
using McpPlatform.Registry.Infrastructure.Discovery;
using McpPlatform.Registry.Infrastructure.Embeddings;
using McpPlatform.Registry.Infrastructure.Gateway;
using McpPlatform.Registry.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace McpPlatform.Registry;

/// <summary>What there is to call: servers with their catalogs, and the snapshot that gateways route by.</summary>
public sealed class RegistryModule : IServiceModule
{
    public static string Name => "registry";

    public static Assembly Core => typeof(RegistryQuotas).Assembly;

    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddServiceDatabase<RegistryDbContext>(Name, Core);
        // A look may take as long as a server's first byte.
        builder.AddServiceClient(GatewayDiscovery.Client, caller: Name, timeout: TimeSpan.FromSeconds(45));
        var services = builder.Services;
        services.AddOptions<RegistryOptions>().BindConfiguration(RegistryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p =>
        {
            var options = p.GetRequiredService<IOptions<RegistryOptions>>().Value;
            return new RegistryQuotas(options.MaxServers, options.MaxToolsPerServer, options.MaxDefinitionBytes, options.MaxOfferBytes, options.MaxHttpTools, options.DiscoveryInterval) { MaxRoutes = options.MaxRoutes, MaxToolSets = options.MaxToolSets };
        });
        services.AddSingleton(p => new DefinitionDefaults(p.GetRequiredService<IOptions<RegistryOptions>>().Value.Definitions == DefinitionRule.Withhold));
        services.AddScoped<DefinitionReview>();
        services.AddSingleton<IDefinitionAlarm, DefinitionAlarm>();
        services.AddSingleton(p => new SubregistryName(p.GetRequiredService<IOptions<RegistryOptions>>().Value.Namespace));
        services.AddScoped<IServers, Servers>();
        services.AddScoped<ICatalog, Catalog>();
        services.AddScoped<IHttpTools, HttpTools>();
        services.AddScoped<IRoutes, Routes>();
        services.AddScoped<IIntegrations, Integrations>();
        services.AddScoped<IToolSets, ToolSets>();
        services.AddScoped<IEndpointReports, StoredReports>();
        services.AddScoped<IRegistryVersion, RegistryVersion>();
        services.AddScoped<ISnapshotReader, SnapshotReader>();
        services.AddScoped<IDiscovery, GatewayDiscovery>();
        services.AddSingleton<SnapshotCache<RegistrySnapshot>>();
        services.AddHostedService<DiscoveryWorker>();
        AddEmbeddings(builder);
        services.AddConfiguration<ServerTaker>();
    }

    /// <summary>Without a provider nothing of it runs.</summary>
    private static void AddEmbeddings(IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<IToolEmbeddings, ToolEmbeddings>();
        if (builder.AddEmbeddings())
        {
            builder.Services.AddSingleton<EmbeddingProgress>();
            builder.Services.AddHostedService<EmbeddingWorker>();
            builder.Services.AddHealthChecks().AddCheck<EmbeddingHealth>("embeddings");
        }
    }

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        ServerEndpoints.Map(endpoints);
        DefinitionEndpoints.Map(endpoints);
        BreakerEndpoints.Map(endpoints);
        CacheEndpoints.Map(endpoints);
        ToolEndpoints.Map(endpoints);
        HttpToolEndpoints.Map(endpoints);
        RouteEndpoints.Map(endpoints);
        IntegrationEndpoints.Map(endpoints);
        ToolSetEndpoints.Map(endpoints);
        SubregistryEndpoints.Map(endpoints);
        endpoints.MapGroup("/api/v1/configuration/registry").MapConfiguration<ServerTaker>(Permissions.ServersRead, Permissions.ServersWrite);
        InternalEndpoints.Map(endpoints);
    }
}
