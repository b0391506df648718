using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Routes;
using MediatR;

namespace McpPlatform.Registry.Application.Integrations;

/// <summary>One integration, by id or name. Fails with <c>integrations.not_found</c>.</summary>
public sealed record GetIntegration(string Integration) : IRequest<Result<IntegrationView>>, IQuery;

internal sealed class GetIntegrationHandler(IIntegrations integrations) : IRequestHandler<GetIntegration, Result<IntegrationView>>
{
    public async Task<Result<IntegrationView>> Handle(GetIntegration request, CancellationToken cancellationToken) =>
        await integrations.Find(request.Integration, cancellationToken) is { } integration ? IntegrationView.Of(integration) : IntegrationView.NotFound();
}

/// <summary>The tenant's integrations, oldest first.</summary>
public sealed record ListIntegrations(int? Limit, string? Cursor) : IRequest<Result<Page<IntegrationView>>>, IQuery;

internal sealed class ListIntegrationsHandler(IIntegrations integrations) : IRequestHandler<ListIntegrations, Result<Page<IntegrationView>>>
{
    public async Task<Result<Page<IntegrationView>>> Handle(ListIntegrations request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Limit), IdCursor.Read(request.Cursor));
        if ((limit.Error ?? after.Error) is { } error)
        {
            return error;
        }

        var found = await integrations.List(after.Value, limit.Value + 1, cancellationToken);
        return new Page<IntegrationView>([.. found.Take(limit.Value).Select(IntegrationView.Of)], found.Count > limit.Value ? IdCursor.Of(found[limit.Value - 1].Id) : null);
    }
}
