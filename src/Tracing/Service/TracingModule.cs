using System.Reflection;
using McpPlatform.Hosting;
using McpPlatform.Messaging;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Api;
using McpPlatform.Tracing.Application;
using McpPlatform.Tracing.Domain;
using McpPlatform.Tracing.Infrastructure.Messaging;
using McpPlatform.Tracing.Infrastructure.Persistence;
using McpPlatform.Tracing.Infrastructure.Retention;
using Microsoft.Extensions.Options;

namespace McpPlatform.Tracing;

/// <summary>Keeps what gateways report: call records, once each, for as long as the retention says.</summary>
public sealed class TracingModule : IServiceModule
{
    public static string Name => "tracing";

    public static Assembly Core => typeof(ICallStore).Assembly;

    public static void AddServices(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<TracingOptions>().BindConfiguration(TracingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => new RecordRetention(p.GetRequiredService<IOptions<TracingOptions>>().Value.Retention));
        builder.AddServiceDatabase<TracingDbContext>(Name, Core);
        services.AddScoped<ICallStore, CallStore>();
        services.AddScoped<ICallPartitions, CallPartitions>();
        services.AddScoped<ICalls, CallReader>();
        services.AddHostedService<DayKeeper>();
    }

    public static void AddConsumers(ModuleBus bus) => bus.Competing<CallRecordsConsumer>();

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        TraceEndpoints.Map(endpoints);
        BatchEndpoints.Map(endpoints);
    }
}
