using McpPlatform.Hosting.Errors;
using McpPlatform.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace McpPlatform.Hosting.Internal;

/// <summary>Marks an endpoint of the internal listener.</summary>
internal sealed class InternalEndpointMetadata;

/// <summary>
/// Internal endpoints do not exist on the public port. The port is the connection's own; headers such as Host cannot pretend another.
/// </summary>
internal sealed class InternalListener(RequestDelegate next, IOptions<ListenOptions> listen, HostShape shape)
{
    private readonly int _port = shape.HasEdge ? listen.Value.InternalPort : listen.Value.Port;

    public Task Invoke(HttpContext context)
    {
        var isInternal = context.GetEndpoint()?.Metadata.GetMetadata<InternalEndpointMetadata>() is not null;
        return isInternal && context.Connection.LocalPort != _port
            ? context.WriteError(Error.NotFound("not_found", "There is nothing at this address."))
            : next(context);
    }
}
