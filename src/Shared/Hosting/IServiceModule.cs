using System.Reflection;
using McpPlatform.Messaging;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace McpPlatform.Hosting;

/// <summary>One service of the platform, as a host sees it.</summary>
public interface IServiceModule
{
    /// <summary>Lower case: queue prefix, health component, prefix of its connection string.</summary>
    static abstract string Name { get; }

    /// <summary>The assembly with its handlers and validators.</summary>
    static abstract Assembly Core { get; }

    /// <summary>True when its process faces callers: it then has a public listener beside the internal one. Any other process serves the platform's own services only.</summary>
    static virtual bool IsEdge => false;

    static abstract void AddServices(IHostApplicationBuilder builder);

    static virtual void AddConsumers(ModuleBus bus)
    {
    }

    static abstract void MapEndpoints(IEndpointRouteBuilder endpoints);
}
