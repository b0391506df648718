using System.Data.Common;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using McpPlatform.Hosting.Documentation;
using McpPlatform.Hosting.Draining;
using McpPlatform.Hosting.Errors;
using McpPlatform.Hosting.Health;
using McpPlatform.Hosting.Internal;
using McpPlatform.Hosting.Mediation;
using McpPlatform.Hosting.Metrics;
using McpPlatform.Hosting.Security;
using McpPlatform.Hosting.Versions;
using McpPlatform.Kernel;
using McpPlatform.Messaging;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting;

/// <summary>
/// The composition root of every process, and the only wiring: <c>ServiceHost.Create(args).With&lt;PolicyModule&gt;().RunAsync()</c>. Verbs: <c>run</c>
/// (default), <c>migrate</c> and <c>health</c>. Nothing awaits a database, the broker or another process before Kestrel listens.
/// </summary>
public sealed class ServiceHost
{
    private readonly string[] _args;
    private readonly List<string> _names = [];
    private readonly List<Assembly> _cores = [];
    private readonly List<ModuleBus> _buses = [];
    private readonly List<Action<IHostApplicationBuilder>> _services = [];
    private readonly List<Action<IEndpointRouteBuilder>> _endpoints = [];
    private bool _hasEdge;

    private ServiceHost(string[] args) => _args = args;

    public static ServiceHost Create(string[] args) => new(args);

    /// <summary>Adds a module to this process. The same one twice throws.</summary>
    public ServiceHost With<TModule>()
        where TModule : IServiceModule
    {
        if (_names.Contains(TModule.Name))
        {
            throw new InvalidOperationException($"Module {TModule.Name} is in this process already.");
        }

        var bus = new ModuleBus(TModule.Name);
        TModule.AddConsumers(bus);
        _names.Add(TModule.Name);
        _cores.Add(TModule.Core);
        _buses.Add(bus);
        _services.Add(TModule.AddServices);
        _endpoints.Add(TModule.MapEndpoints);
        _hasEdge |= TModule.IsEdge;
        return this;
    }

    /// <summary>Runs the verb; returns the process's exit code: 0, 1 when it failed, 2 when it was called wrongly.</summary>
    public async Task<int> RunAsync()
    {
        if (!CommandLine.TryParse(_args, out var command, out var problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        if (command.Verb == Verb.Help)
        {
            await Console.Out.WriteLineAsync(CommandLine.Help(_names));
            return 0;
        }

        try
        {
            if (command.Verb == Verb.Health)
            {
                return await HealthProbe.Ask(HealthProbe.Settings(command));
            }

            await using var app = Build(command);
            return command.Verb == Verb.Migrate ? await Migrate(app) : await Serve(app);
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // A wrong setting, a file that may not be read or a taken port: the message names it and the fix; a stack trace would hide it.
            await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
            return 1;
        }
    }

    internal WebApplication Build(CommandLine command)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = Assembly.GetEntryAssembly()!.GetName().Name });
        builder.Configuration.AddInMemoryCollection(command.Settings);
        SecretFolder.AddTo(builder.Configuration);
        var shape = new HostShape(builder.Environment.ApplicationName, _names, _hasEdge);
        var folders = PlatformFolders.From(builder.Configuration);
        AddPlatform(builder, shape, folders);
        foreach (var addServices in _services)
        {
            addServices(builder);
        }

        builder.AddModuleMessaging(_buses, declareOnly: command.Verb == Verb.Migrate);
        builder.Services.AddMediation(_cores);
        AddDatabaseHealth(builder.Services);

        var app = builder.Build();
        UsePipeline(app);
        MapEndpoints(app);
        return app;
    }

    private void AddPlatform(WebApplicationBuilder builder, HostShape shape, PlatformFolders folders)
    {
        var services = builder.Services;
        builder.AddServiceDefaults();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(shape);
        services.AddSingleton(folders);
        services.AddSingleton<ProcessStart>();
        services.AddSingleton<ProcessMetricsReader>();
        services.AddScoped<TenantContext>();
        services.AddOptions<ListenOptions>().BindConfiguration(ListenOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton(_ => PlatformKeys.Load(builder.Configuration, folders, shape.HostsEverything));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSingleton(p => new DerivedKeys(p.GetRequiredService<PlatformKeys>()));
        services.AddSingleton(p => new ServiceTokens(p.GetRequiredService<PlatformKeys>().Internal, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<InternalPort>();
        services.AddAuthentication(CallerAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, CallerAuthentication>(CallerAuthentication.SchemeName, null);
        services.AddSingleton<IAuthorizationHandler, EndpointAuthorization>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new EndpointRequirement()).Build());

        services.ConfigureHttpJsonOptions(json =>
        {
            Json.Configure(json.SerializerOptions);
            WholeLists.Require(json.SerializerOptions);
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        // After the drain: for what runs in the background to put down what it holds.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Drain>();
        services.AddSingleton<IHostLifetime, DrainLifetime>();
        services.AddSingleton<ListenerHandover>();
        services.AddHostedService(p => p.GetRequiredService<ListenerHandover>());
        services.AddHealthChecks().AddCheck<DrainHealth>("drain");
        ManagementLimits.Add(services);
        ApiDocument.Add(services);
        services.AddHostedService<SchemaGate>();
        services.AddHealthChecks().AddCheck<BusHealth>("bus");
        foreach (var module in _names)
        {
            if (shape.HostsEverything && builder.Configuration[$"Services:{module}:BaseAddress"] is null)
            {
                var listen = builder.Configuration.GetSection(ListenOptions.Section).Get<ListenOptions>() ?? new ListenOptions();
                builder.Configuration[$"Services:{module}:BaseAddress"] = $"http://127.0.0.1:{listen.InternalPort}";
            }
        }

        builder.WebHost.ConfigureKestrel((_, kestrel) => Listeners.Configure(kestrel, shape));
        builder.WebHost.UseSockets();
        services.AddOptions<SocketTransportOptions>()
            .Configure<IOptions<ListenOptions>, ListenerHandover>(static (sockets, listen, handover) => Listeners.Configure(sockets, listen.Value, handover));
        services.AddSingleton<IConnectionListenerFactory, DrainingTransport>();
    }

    private static void AddDatabaseHealth(IServiceCollection services) =>
        services.AddOptions<HealthCheckServiceOptions>().PostConfigure<IServiceProvider>((health, provider) =>
        {
            // MassTransit's own check would make a process unhealthy whose broker is away; ours says degraded, since everything goes on.
            foreach (var own in health.Registrations.Where(r => r.Name.StartsWith("masstransit", StringComparison.Ordinal)).ToArray())
            {
                health.Registrations.Remove(own);
            }

            foreach (var database in provider.GetServices<IDatabaseMigrator>())
            {
                health.Registrations.Add(new HealthCheckRegistration($"database-{database.Module}", _ => new DatabaseHealth(database), failureStatus: null, tags: null));
            }
        });

    private static void UsePipeline(WebApplication app)
    {
        // Made now and not at the first look: uptime counts from here.
        app.Services.GetRequiredService<ProcessStart>();
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var logger = app.Services.GetRequiredService<ILogger<ServiceHost>>();
        var takesIds = !app.Services.GetRequiredService<HostShape>().HasEdge;
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((HttpContext context, RequestDelegate next) => OpenConnection.Use(context, next, drain, clock));
        app.Use((HttpContext context, RequestDelegate next) => RequestIds.Use(context, next, takesIds, clock, logger));
        app.Use(SecurityHeaders.Use);
        app.UseMiddleware<ServerSpans>();
        app.UseMiddleware<ErrorMiddleware>();

        // For the few that ask for it; before routing, which runs them.
        app.UseWhen(static http => http.Request.Headers.Upgrade.Count > 0, static upgraded => upgraded.UseWebSockets());

        app.UseWhen(ApiVersions.Apply, static api => api.Use((HttpContext context, RequestDelegate next) => ApiVersions.Use(context, next)));

        // Endpoints that authenticate themselves are the hot path: routing runs them, and they meet nothing of what follows here.
        app.UseRouting();
        app.UseMiddleware<InternalListener>();
        app.UseStatusCodePages(static page => page.HttpContext.WriteError(StatusErrors.Of(page.HttpContext)));
        app.Use(AmbiguousRequests.Use);
        ApiDocument.UsePage(app);
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        app.UseAuthorization();
    }

    private void MapEndpoints(WebApplication app)
    {
        app.MapDefaultEndpoints();
        HealthEndpoint.Map(app);
        ApiDocument.Map(app, _hasEdge);
        MetricsEndpoints.Map(app);
        foreach (var map in _endpoints)
        {
            map(app);
        }
    }

    private static async Task<int> Serve(WebApplication app)
    {
        await app.RunAsync();
        return 0;
    }

    private static async Task<int> Migrate(WebApplication app)
    {
        foreach (var database in app.Services.GetServices<IDatabaseMigrator>())
        {
            try
            {
                await database.Migrate(CancellationToken.None);
            }
            catch (DbException e)
            {
                await Console.Error.WriteLineAsync(
                    $"Cannot migrate {database.Module}: {e.Message} See ConnectionStrings__{database.Module}db_migrator and whether the database answers; then run it again, it goes on where it stopped.");
                return 1;
            }

            await Console.Out.WriteLineAsync($"{database.Module}: up to date");
        }

        if (app.Services.GetService<QueueDeclaration>() is { } declaration)
        {
            await declaration.Declare(CancellationToken.None);
            foreach (var queue in declaration.Queues)
            {
                await Console.Out.WriteLineAsync($"{queue}: declared");
            }
        }

        return 0;
    }
}
