using McpPlatform.Hosting.Internal;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace McpPlatform.Hosting.Security;

/// <summary>The permission that an endpoint asks for, such as <c>servers:write</c>.</summary>
public sealed record PermissionMetadata(string Permission);

/// <summary>Marks an endpoint that serves the default tenant alone, whatever others may do in theirs.</summary>
internal sealed record PlatformOnlyMetadata;

/// <summary>Marks an endpoint that hands the request on to the service that decides.</summary>
internal sealed record ForwardingMetadata;

/// <summary>Marks an endpoint that authenticates by itself.</summary>
internal sealed record OwnAuthenticationMetadata;

/// <summary>How endpoints say what they need.</summary>
public static class EndpointSecurity
{
    /// <summary>Only callers with this permission. Every endpoint under <c>/api</c> names one; without it nobody gets in.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new PermissionMetadata(permission));

    /// <summary>Only callers of the default tenant, beside what else is asked of them: administrators of a tenant are not those of the platform.</summary>
    public static TBuilder PlatformOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new PlatformOnlyMetadata());

    /// <summary>For endpoints that forward to a service: any authenticated caller; the service asks for the permission.</summary>
    public static TBuilder ForwardsCallers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new ForwardingMetadata(), new ExcludeFromDescriptionAttribute());

    /// <summary>
    /// For endpoints that authenticate by themselves, before they do anything else: the MCP endpoints, whose errors have a format of their own. They are the hot path:
    /// as soon as the route is known they run, and meet nothing of what the management API needs, the platform's authentication included.
    /// </summary>
    public static IEndpointConventionBuilder AuthenticatesItself(this IEndpointConventionBuilder builder)
        => builder.WithMetadata(new OwnAuthenticationMetadata(), new AllowAnonymousAttribute()).ShortCircuit();

    /// <summary>For the platform's own services only: internal listener, internal credential, not in the API description.</summary>
    public static TBuilder InternalOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new InternalEndpointMetadata(), new ExcludeFromDescriptionAttribute());
}

/// <summary>The fallback rule of every endpoint: denies whoever lacks what its metadata asks for, and whoever calls an endpoint that asks for nothing.</summary>
internal sealed class EndpointRequirement : IAuthorizationRequirement;

internal sealed class EndpointAuthorization : AuthorizationHandler<EndpointRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, EndpointRequirement requirement)
    {
        var http = context.Resource as HttpContext;
        if (http?.Features.Get<Caller>() is { } caller && IsAllowed(http.GetEndpoint(), caller))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private static bool IsAllowed(Endpoint? endpoint, Caller caller)
    {
        if (endpoint is not RouteEndpoint)
        {
            // Nothing there, or routing's own answer (405, 415): whoever is authenticated gets it.
            return true;
        }

        if (endpoint.Metadata.GetMetadata<InternalEndpointMetadata>() is not null)
        {
            // A token that names a caller is for what that caller may do, wherever it is presented.
            return caller is { Service: not null, KeyId: null } && caller.TenantId == Guid.Empty;
        }

        if (endpoint.Metadata.GetMetadata<ForwardingMetadata>() is not null)
        {
            return caller.TenantId != Guid.Empty;
        }

        return endpoint.Metadata.GetMetadata<PermissionMetadata>() is { } needed
            && caller.TenantId != Guid.Empty
            && caller.May(needed.Permission)
            && !IsElsewhere(endpoint, caller);
    }

    /// <summary>True when only the default tenant is served and the caller is of another.</summary>
    public static bool IsElsewhere(Endpoint? endpoint, Caller? caller) =>
        endpoint?.Metadata.GetMetadata<PlatformOnlyMetadata>() is not null && caller?.TenantId != DefaultTenant.Id;
}
