using Aspire.Hosting.Azure.AppContainers;

namespace McpPlatform.AppHost;

internal static class AppHostExtensions
{
    /// <summary>
    /// Adds one control-plane service: on the bus, with the platform's keys, started after the schema job.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<RabbitMQServerResource> bus,
        IResourceBuilder<ProjectResource> migrate,
        IResourceBuilder<ParameterResource> internalKey,
        IResourceBuilder<ParameterResource> masterKey)
        where TProject : IProjectMetadata, new()
        => builder.AddProject<TProject>(name, launchProfileName: null)
            .WithReference(bus)
            .WaitForCompletion(migrate)
            .WithEnvironment("MCPP_INTERNAL_KEY", internalKey)
            .WithEnvironment("MCPP_MASTER_KEY", masterKey)
            .WithListener()
            .WithHttpHealthCheck("/health", endpointName: "http");

    /// <summary>
    /// The listener that every process has, <c>http</c>: the gateway's is public, any other takes the internal credential only. Published images keep the default
    /// port; on a developer's machine, where all share one host, Aspire hands out free ones, and they bind loopback only.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithListener(this IResourceBuilder<ProjectResource> process)
    {
        var publishing = process.ApplicationBuilder.ExecutionContext.IsPublishMode;
        process.WithHttpEndpoint(targetPort: publishing ? 8080 : null, name: "http", env: "Listen__Port");
        return publishing
            ? process
            : process
                .WithEnvironment("Listen__Host", "127.0.0.1")
                .WithEnvironment("MCPP_DATA", Path.GetFullPath(Path.Combine(process.ApplicationBuilder.AppHostDirectory, "..", "data", "aspire", process.Resource.Name)));
    }

    /// <summary>
    /// The gateway's second listener, <c>internal</c>: discovery for the registry, with the internal credential only.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithInternalListener(this IResourceBuilder<ProjectResource> process)
    {
        var publishing = process.ApplicationBuilder.ExecutionContext.IsPublishMode;
        process.WithHttpEndpoint(targetPort: publishing ? 8081 : null, name: "internal", env: "Listen__InternalPort");
        return publishing ? process : process.WithEnvironment("Listen__InternalHost", "127.0.0.1");
    }

    /// <summary>
    /// Opens the public listener, and that one only, to the world outside.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithExternalHttpEndpoint(this IResourceBuilder<ProjectResource> process)
        => process.WithEndpoint("http", endpoint => endpoint.IsExternal = true);

    /// <summary>
    /// Tells a process where another service listens: <c>Services__{name}__BaseAddress</c>, as everywhere outside Aspire. The gateway is asked at its
    /// <c>internal</c> endpoint, any other service at the one that it has.
    /// </summary>
    public static IResourceBuilder<ProjectResource> KnowsService(
        this IResourceBuilder<ProjectResource> process, string name, IResourceBuilder<ProjectResource> service, string endpoint = "http")
        => process.WithEnvironment($"Services__{name}__BaseAddress", service.GetEndpoint(endpoint));

    /// <summary>
    /// Adds the one compute environment that <c>aspire publish</c> and <c>aspire deploy</c> write for.
    /// A resource may belong to one environment only, so the choice is configuration:
    /// <c>Publish__Target=compose|kubernetes|aca</c>, Azure Container Apps by default (azd cannot pass a choice).
    /// </summary>
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        switch (builder.Configuration["Publish:Target"])
        {
            case "compose":
                builder.AddDockerComposeEnvironment("compose")
                    .WithDashboard(dashboard => dashboard.WithHostPort(18888));
                break;
            case "kubernetes":
                builder.AddKubernetesEnvironment("k8s")
                    .WithProperties(k8s => k8s.HelmChartName = "mcp-platform");
                break;
            case null or "aca":
                builder.AddAzureContainerAppEnvironment("aca");
                break;
            case var unknown:
                throw new InvalidOperationException($"Publish:Target '{unknown}' is not one of compose, kubernetes, aca.");
        }
    }

    /// <summary>
    /// Bounds the replicas of a container app; does nothing for the other targets.
    /// </summary>
    public static IResourceBuilder<ProjectResource> ScaleOnAzure(this IResourceBuilder<ProjectResource> service, int min, int max)
        => !service.PublishesToAzure() ? service : service.PublishAsAzureContainerApp((_, app) =>
        {
            app.Template.Scale.MinReplicas = min;
            app.Template.Scale.MaxReplicas = max;
        });

#pragma warning disable ASPIREAZURE002 // container app jobs are marked experimental up to Aspire 13.4
    /// <summary>
    /// Publishes a process that ends by itself as a job; as an app, Azure would restart it for ever.
    /// </summary>
    public static IResourceBuilder<ProjectResource> RunOnceOnAzure(this IResourceBuilder<ProjectResource> service)
        => service.PublishesToAzure() ? service.PublishAsAzureContainerAppJob() : service;
#pragma warning restore ASPIREAZURE002

    // Aspire refuses to publish a resource that carries Azure settings when the model has no Azure environment.
    private static bool PublishesToAzure(this IResourceBuilder<ProjectResource> service)
        => service.ApplicationBuilder.Resources.OfType<AzureContainerAppEnvironmentResource>().Any();
}
