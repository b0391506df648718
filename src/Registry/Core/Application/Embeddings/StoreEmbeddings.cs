using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Embeddings;

/// <summary>Stores embeddings of definitions of the current tenant. Those that are there already, from another replica, stay. Gateways hear of them by <see cref="TellEmbeddings"/>.</summary>
/// <param name="Vectors">By hash of the definition.</param>
public sealed record StoreEmbeddings(Guid TenantId, string Space, IReadOnlyDictionary<string, byte[]> Vectors) : IRequest<Result>;

internal sealed class StoreEmbeddingsValidator : AbstractValidator<StoreEmbeddings>
{
    public StoreEmbeddingsValidator()
    {
        RuleFor(c => c.Space).NotEmpty().MaximumLength(ToolEmbedding.MaxSpaceLength);
        RuleFor(c => c.Vectors).NotEmpty();
    }
}

internal sealed class StoreEmbeddingsHandler(IToolEmbeddings embeddings, TimeProvider clock) : IRequestHandler<StoreEmbeddings, Result>
{
    public async Task<Result> Handle(StoreEmbeddings request, CancellationToken cancellationToken)
    {
        var known = await embeddings.Known(request.Space, [.. request.Vectors.Keys], cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var (hash, vector) in request.Vectors.Where(vector => !known.Contains(vector.Key)))
        {
            embeddings.Add(ToolEmbedding.Of(request.TenantId, hash, request.Space, vector, now));
        }

        return Result.Success;
    }
}

/// <summary>A snapshot with the embeddings that there are. Of all tenants: it is the system's to say, on behalf of the default one.</summary>
public sealed record TellEmbeddings : IRequest<Result>;

internal sealed class TellEmbeddingsHandler(IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, TimeProvider clock) : IRequestHandler<TellEmbeddings, Result>
{
    public async Task<Result> Handle(TellEmbeddings request, CancellationToken cancellationToken)
    {
        outbox.EmbeddingsChanged(tenant.TenantId!.Value, await version.Next(cancellationToken), clock.GetUtcNow());
        return Result.Success;
    }
}
