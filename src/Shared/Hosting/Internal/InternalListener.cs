using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Internal;

/// <summary>Marks an endpoint of the internal listener.</summary>
internal sealed class InternalEndpointMetadata;

/// <summary>Tells the listener of the platform's own services from the public one. The port is the connection's own; headers such as Host cannot pretend another.</summary>
internal sealed class InternalPort(IOptions<ListenOptions> listen, HostShape shape)
{
    private readonly int _port = shape.HasEdge ? listen.Value.InternalPort : listen.Value.Port;

    /// <summary>Whether a request came in there.</summary>
    public bool Took(HttpContext context) => context.Connection.LocalPort == _port;
}

/// <summary>Internal endpoints do not exist on the public port.</summary>
internal sealed class InternalListener(RequestDelegate next, InternalPort listener)
{
    public Task Invoke(HttpContext context)
    {
        var isInternal = context.GetEndpoint()?.Metadata.GetMetadata<InternalEndpointMetadata>() is not null;
        return isInternal && !listener.Took(context)
            ? context.WriteError(Error.NotFound("not_found", "There is nothing at this address."))
            : next(context);
    }
}
