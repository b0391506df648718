using MediatR;

namespace McpPlatform.Hosting.Mediation;

/// <summary>Runs a use case. The only way from an endpoint, a consumer or a job into a Core, and the one file to change when the mediator library does.</summary>
public interface ISender
{
    Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken);
}

internal sealed class Sender(IMediator mediator) : ISender
{
    public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken) => mediator.Send(request, cancellationToken);
}
