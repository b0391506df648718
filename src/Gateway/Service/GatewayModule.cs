using System.Reflection;
using McpPlatform.Gateway.Attempts;
using McpPlatform.Gateway.Balancing;
using McpPlatform.Gateway.Bridge;
using McpPlatform.Gateway.Calls;
using McpPlatform.Gateway.Changes;
using McpPlatform.Gateway.ClientApi;
using McpPlatform.Gateway.Disclosure;
using McpPlatform.Gateway.Endpoints;
using McpPlatform.Gateway.Infrastructure;
using McpPlatform.Gateway.Infrastructure.Changes;
using McpPlatform.Gateway.Infrastructure.Disclosure;
using McpPlatform.Gateway.Infrastructure.Launchers;
using McpPlatform.Gateway.Infrastructure.Limits;
using McpPlatform.Gateway.Infrastructure.Records;
using McpPlatform.Gateway.Infrastructure.Security;
using McpPlatform.Gateway.Infrastructure.SharedResults;
using McpPlatform.Gateway.Infrastructure.Snapshots;
using McpPlatform.Gateway.Infrastructure.Telemetry;
using McpPlatform.Gateway.Infrastructure.Upstreams;
using McpPlatform.Gateway.Intents;
using McpPlatform.Gateway.Limits;
using McpPlatform.Gateway.Management;
using McpPlatform.Gateway.Profiles;
using McpPlatform.Gateway.Sessions;
using McpPlatform.Gateway.Spool;
using McpPlatform.Gateway.State;
using McpPlatform.Hosting;
using McpPlatform.Hosting.Documentation;
using McpPlatform.Hosting.Draining;
using McpPlatform.Hosting.Embeddings;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Security;
using McpPlatform.Mcp.AspNetCore;
using McpPlatform.Messaging;
using McpPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace McpPlatform.Gateway;

/// <summary>The data plane: authenticates, decides and calls by one state in memory, and records what happened on disk.</summary>
public sealed class GatewayModule : IServiceModule
{
    public static string Name => "gateway";

    public static bool IsEdge => true;

    public static Assembly Core => typeof(CallPath).Assembly;

    public static void AddServices(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<GatewaySessionOptions>().BindConfiguration(GatewaySessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        foreach (var service in ManagementRoutes.Prefixes.Keys)
        {
            // 4 s: a snapshot takes milliseconds; an answer that was lost with its connection must not hold up the next look for longer.
            builder.AddServiceClient(service, caller: Name, timeout: TimeSpan.FromSeconds(4));
        }

        services.AddSingleton<IGatewayObserver, GatewayObserver>();
        AddState(services);
        AddCalls(services);
        AddRecords(services);
        AddMcp(services);
        AddSearch(builder);
        AddMetrics(services);
        services.AddSingleton<ManagementForwarder>();
        services.AddSingleton<IApiDocumentParts, RemoteApiDocuments>();
        RemoteServiceHealth.Add(services);
        services.AddHealthChecks().AddCheck<GatewayHealth>("gateway");
    }

    public static void AddConsumers(ModuleBus bus) => bus.Broadcast<PolicyNewsConsumer>().Broadcast<CatalogNewsConsumer>();

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        McpEndpoints.Map(endpoints);
        McpEndpoints.MapForwarded(endpoints);
        RouteEndpoints.Map(endpoints);
        ClientEndpoints.Map(endpoints);
        ClientEndpoints.MapForwarded(endpoints);
        StatusEndpoints.Map(endpoints);
        CacheEndpoint.Map(endpoints);
        StderrEndpoint.Map(endpoints);
        DiscoverEndpoint.Map(endpoints);
        MetricsEndpoint.Map(endpoints);
        ManagementForwarder.Map(endpoints);
    }

    private static void AddState(IServiceCollection services)
    {
        services.AddSingleton(p => Options(p) is var o
            ? new LimitDefaults(new RateLimit(o.RequestsPerSecond, o.Burst), o.MaxConcurrencyPerServer, o.MaxConcurrencyPerTenant, o.MaxQueue, o.QueueTimeout) { SetBytes = o.MaxToolSetBytesPerTenant } : null!);
        services.AddSingleton(p => new LimitShares(p.GetRequiredService<HostShape>().HostsEverything, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p =>
        {
            var files = new SnapshotFiles(Path.Combine(Folder(p), "snapshots"), p.GetRequiredService<TimeProvider>());
            var store = new GatewayStateStore(files, p.GetRequiredService<IGatewayObserver>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<LimitDefaults>());
            store.LoadFromDisk();
            return store;
        });
        services.AddSingleton(p => Options(p).ProfilesFile is { Length: > 0 } file ? ProfileSet.With(File.ReadAllText(file)) : ProfileSet.BuiltIn);
        services.AddSingleton<SnapshotRefresher>();
        services.AddHostedService(p => p.GetRequiredService<SnapshotRefresher>());
        services.AddSingleton<IApiKeyAuthenticator, SnapshotAuthenticator>();
    }

    private static void AddCalls(IServiceCollection services)
    {
        services.AddSingleton<LauncherBook>();
        services.AddHostedService(p => p.GetRequiredService<LauncherBook>());
        services.AddSingleton(p => new ChildMarks(p.GetRequiredService<CallSpool>().FolderId));
        services.AddSingleton<ConnectionFactory>();
        services.AddSingleton<IConnectionFactory>(p => p.GetRequiredService<ConnectionFactory>());
        services.AddSingleton<SharedProcesses>();
        services.AddSingleton<ProcessGuardian>();
        services.AddSingleton<UpstreamPool>();
        services.AddSingleton<IUpstreams>(p => p.GetRequiredService<UpstreamPool>());
        services.AddHostedService(p => p.GetRequiredService<UpstreamPool>());
        services.AddSingleton<ProcessReaper>();
        services.AddHostedService(p => p.GetRequiredService<ProcessReaper>());
        services.AddSingleton<ConditionalTools>();
        services.AddSingleton<Discoverer>();
        services.AddSingleton(p => Options(p) is var o ? new AttemptTimers(o.ConnectTimeout, o.HeadersTimeout, o.FirstByteTimeout, o.IdleTimeout, o.TotalTimeout) : null!);
        services.AddSingleton(p => AttemptRules.Default with { MaxAttempts = Options(p).MaxAttempts });
        services.AddSingleton<AttemptEngine>();
        services.AddSingleton(p => new Balancer(
            BreakerRules.Default with { Failures = Options(p).BreakerFailures, OpenFor = Options(p).BreakerOpenFor }, p.GetRequiredService<TimeProvider>()));
        services.AddHostedService<EndpointProber>();
        services.AddHostedService<EndpointReporter>();
        services.AddSingleton(p => Options(p) is var o ? new CallLimits(o.MaxStaleness, o.MaxResponseBytes) : null!);
        services.AddSingleton<CallLimiter>();
        services.AddHostedService<LeaseRenewer>();
        services.AddSingleton<ToolAttempts>();
        services.AddSingleton<CallRecorder>();
        SharedResultsSetup.Add(services);
        services.AddSingleton<CallPath>();
        AddBridge(services);
    }

    private static void AddBridge(IServiceCollection services)
    {
        services.AddSingleton<IRequestStates>(p => new SealedRequestStates(p.GetRequiredService<SessionKeyRing>(), Options(p).InputPatience, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new HeldCalls(Options(p).InputPatience, Options(p).MaxHeldCalls, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new InputBridge(
            p.GetRequiredService<ToolAttempts>(), p.GetRequiredService<HeldCalls>(), p.GetRequiredService<IRequestStates>(), p.GetRequiredService<GatewayOwners>().Id,
            p.GetRequiredService<GatewayOwners>().Address, p.GetRequiredService<CatalogRelook>()));
        services.AddSingleton<ChangeHub>();
        services.AddSingleton<CatalogReporter>();
        services.AddSingleton<CatalogRelook>();
        services.AddSingleton<ServerWatches>();
        services.AddSingleton<TenantWatches>();
        services.AddSingleton<Standing>();
        services.AddHostedService(p => p.GetRequiredService<Standing>());
        services.AddSingleton(p => Sessions(p) is var o ? new Listeners(o.MaxPerPrincipal, o.MaxPerTenant, o.Max) : null!);
        services.AddSingleton<SessionParts>();
        services.AddSingleton<ListenEndpoint>();
        services.AddHostedService<SharedPeers>();
    }

    private static void AddRecords(IServiceCollection services)
    {
        services.AddSingleton(p => new SpoolOptions(Path.Combine(Folder(p), "spool"), Options(p).Name, MaxBytes: Options(p).SpoolMaxBytes));
        services.AddSingleton(p => SpoolAdoption.Open(
            p.GetRequiredService<SpoolOptions>(),
            overlaps: p.GetRequiredService<IOptions<ListenOptions>>().Value.Handover is { Length: > 0 },
            p.GetRequiredService<IGatewayObserver>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddHostedService<SpoolAdoption>();
        services.AddSingleton(p => new SpoolOutbox(
            p.GetRequiredService<CallSpool>(), Options(p).ResendAfter, p.GetRequiredService<IGatewayObserver>(), p.GetRequiredService<TimeProvider>()));
        services.AddHostedService<SpoolSender>();
    }

    private static void AddMetrics(IServiceCollection services)
    {
        services.AddSingleton<IMetricSource, StageMetrics>();
        services.AddSingleton<IMetricSource, OverheadMetrics>();
        services.AddSingleton<GatewayGauges>();
        services.AddHostedService(p => p.GetRequiredService<GatewayGauges>());
        services.AddSingleton<PlatformMetrics>();
    }

    private static void AddMcp(IServiceCollection services)
    {
        services.AddHttpClient(GatewayOwners.Client, static client => client.Timeout = Timeout.InfiniteTimeSpan).ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        });
        services.AddSingleton<GatewayOwners>();
        services.AddSingleton<ISessionOwners>(p => p.GetRequiredService<GatewayOwners>());
        services.AddSingleton(p => SessionKeys.Load(p.GetRequiredService<PlatformFolders>()));
        services.AddMcpEndpoint(p => new McpEndpointOptions
        {
            MaxBodyBytes = (int)Math.Min(int.MaxValue, p.GetRequiredService<IOptions<LimitOptions>>().Value.MaxBodyBytes),
            MaxArrivingBytes = Sessions(p).ArrivingBytes,
            KeepAlive = Sessions(p).KeepAlive,
            Sessions = Sessions(p).Bounds,
            AllowedOrigins = Options(p).AllowedOrigins.ToHashSet(StringComparer.OrdinalIgnoreCase),
            AllowedHosts = Options(p).AllowedHosts.ToHashSet(StringComparer.OrdinalIgnoreCase),
            Gone = Drain.CallerOf,
            Caller = static http => http.Features.Get<GatewayRequest>() is { } request ? new McpCaller(request.Caller.Subject, request.Caller.Tenant) : McpCaller.Anonymous,
        });
        services.AddSingleton<ResourceMetadata>();
        services.AddSingleton<GatewayServer>();
        services.AddSingleton<McpEndpoints>();
        AddClientApi(services);
    }

    private static void AddSearch(IHostApplicationBuilder builder)
    {
        builder.AddEmbeddings();
        builder.Services.AddSingleton<IQueryEmbedder, QueryEmbedder>();
        builder.Services.AddSingleton(p => new QueryVectors(
            p.GetRequiredService<IQueryEmbedder>(), new QueryVectorBounds(p.GetRequiredService<IOptions<EmbeddingOptions>>().Value.QueryTimeout), p.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<Finder>();
    }

    private static void AddClientApi(IServiceCollection services)
    {
        services.AddSingleton<ClientDoor>();
        services.AddSingleton<ApiCalls>();
        services.AddSingleton<IntentRouter>();
        services.AddSingleton<IntentRunner>();
        services.AddSingleton<RouteEndpoints>();
        services.AddSingleton<KeptClients>();
        services.AddSingleton<ClientTools>();
        services.AddSingleton<ClientEndpoints>();
    }

    private static GatewayOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<GatewayOptions>>().Value;

    private static GatewaySessionOptions Sessions(IServiceProvider services) => services.GetRequiredService<IOptions<GatewaySessionOptions>>().Value;

    private static string Folder(IServiceProvider services) =>
        Options(services).Folder is { Length: > 0 } own ? PlatformFolders.MakePrivate(own) : services.GetRequiredService<PlatformFolders>().Of(Name);
}
