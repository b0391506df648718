using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Keys;

/// <summary>One key. Fails with <c>keys.not_found</c>.</summary>
public sealed record GetKey(Guid Id) : IRequest<Result<KeyView>>, IQuery;

internal sealed class GetKeyHandler(IApiKeys keys, TimeProvider clock) : IRequestHandler<GetKey, Result<KeyView>>
{
    public async Task<Result<KeyView>> Handle(GetKey request, CancellationToken cancellationToken) =>
        await keys.Find(request.Id, cancellationToken) is { } key ? KeyView.Of(key, clock.GetUtcNow()) : KeyView.NotFound();
}
