using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Factory.Application.Secrets;

/// <summary>Secrets without their values, in name order.</summary>
public sealed record ListSecrets(int? Limit, string? Cursor) : IRequest<Result<Page<SecretView>>>, IQuery;

/// <summary>Removes a secret. Deployments that use it go on until they begin anew, then fail with the reason.</summary>
public sealed record DeleteSecret(string Name) : IRequest<Result>;

internal sealed class DeleteSecretValidator : AbstractValidator<DeleteSecret>
{
    public DeleteSecretValidator() => RuleFor(c => c.Name).NotEmpty();
}

internal sealed class ListSecretsHandler(ISecretStore secrets) : IRequestHandler<ListSecrets, Result<Page<SecretView>>>
{
    public async Task<Result<Page<SecretView>>> Handle(ListSecrets request, CancellationToken cancellationToken)
    {
        var page = Pages.ByKey(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (after, limit) = page.Value;
        var found = await secrets.List(after, limit + 1, cancellationToken);
        return Pages.Of(found, limit, secret => secret.Name, secret => new SecretView(secret.Name, secret.AllowedHosts, secret.UpdatedAt));
    }
}

internal sealed class DeleteSecretHandler(ISecretStore secrets) : IRequestHandler<DeleteSecret, Result>
{
    public async Task<Result> Handle(DeleteSecret request, CancellationToken cancellationToken)
    {
        if (await secrets.Find(request.Name, cancellationToken) is not { } secret)
        {
            return Error.NotFound("secret.not_found", "There is no such secret.");
        }

        secrets.Remove(secret);
        return Result.Success;
    }
}
