using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Embeddings;

/// <summary>Stores embeddings of definitions of the current tenant, and tells gateways. Those that are there already, from another replica, stay.</summary>
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

internal sealed class StoreEmbeddingsHandler(IToolEmbeddings embeddings, IRegistryVersion version, IEventOutbox outbox, TimeProvider clock) : IRequestHandler<StoreEmbeddings, Result>
{
    public async Task<Result> Handle(StoreEmbeddings request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var known = await embeddings.Known(request.Space, [.. request.Vectors.Keys], cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var (hash, vector) in request.Vectors.Where(vector => !known.Contains(vector.Key)))
        {
            embeddings.Add(ToolEmbedding.Of(request.TenantId, hash, request.Space, vector, now));
        }

        outbox.EmbeddingsChanged(request.TenantId, next, now);
        return Result.Success;
    }
}
