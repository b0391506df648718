using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace McpPlatform.Mcp.AspNetCore;

/// <summary>Registers and maps MCP endpoints.</summary>
public static class McpEndpointExtensions
{
    /// <summary>
    /// Adds <see cref="McpEndpoint"/>. The host also registers a <see cref="SessionKeyRing"/>, the same on every replica, unless it has an
    /// <see cref="ISessionIds"/> of its own.
    /// </summary>
    public static IServiceCollection AddMcpEndpoint(this IServiceCollection services, Func<IServiceProvider, McpEndpointOptions>? options = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options ?? (_ => new McpEndpointOptions()));
        services.TryAddSingleton(p => new SealedSessionOptions { MaxAge = p.GetRequiredService<McpEndpointOptions>().Sessions.MaxAge });
        services.TryAddSingleton<ISessionIds, SealedSessionIds>();
        services.TryAddSingleton<ISessionOwners, SingleOwner>();
        services.TryAddSingleton<McpEndpoint>();
        return services;
    }

    /// <summary>
    /// Serves MCP at a route, for all HTTP methods. <paramref name="find"/> tells the server behind a request; null is answered with 404.
    /// </summary>
    public static IEndpointConventionBuilder MapMcp(this IEndpointRouteBuilder endpoints, string pattern, Func<HttpContext, IMcpServer?> find)
    {
        var endpoint = endpoints.ServiceProvider.GetRequiredService<McpEndpoint>();
        return endpoints.Map(pattern, http =>
        {
            if (find(http) is { } server)
            {
                return endpoint.Handle(http, server);
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
