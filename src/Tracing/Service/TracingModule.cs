using System.Reflection;
using McpPlatform.Hosting;
using McpPlatform.Messaging;
using McpPlatform.Messaging.DeadLetters;
using McpPlatform.Persistence;
using McpPlatform.Tracing.Api;
using McpPlatform.Tracing.Application;
using McpPlatform.Tracing.Application.DeadLetters;
using McpPlatform.Tracing.Domain;
using McpPlatform.Tracing.Infrastructure.Messaging;
using McpPlatform.Tracing.Infrastructure.Persistence;
using McpPlatform.Tracing.Infrastructure.Retention;
using Microsoft.Extensions.Options;

namespace McpPlatform.Tracing;

/// <summary>Keeps what gateways report: call records, once each, for as long as the retention says. Also keeps the messages that ended on any queue.</summary>
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
        services.AddScoped<IParkedMessages, ParkedMessages>();
        services.AddScoped<IMessageQueues, MessageQueues>();
        services.AddSingleton<IDeadLetterKeeper, DeadLetterKeeper>();
        services.AddHostedService<ParkedCount>();
    }

    // 8: one COPY waits for its disk while others are being read; eight of the 20 connections.
    public static void AddConsumers(ModuleBus bus) => bus.Competing<CallRecordsConsumer>(atOnce: 8);

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        TraceEndpoints.Map(endpoints);
        ExecutionEndpoints.Map(endpoints);
        BatchEndpoints.Map(endpoints);
        DeadLetterEndpoints.Map(endpoints);
    }
}
