using FluentValidation;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Net;
using MediatR;

namespace McpPlatform.Factory.Application.Secrets;

/// <summary>Stores a secret under a name, encrypted; an existing one is replaced and the deployments that use it begin anew.</summary>
/// <param name="AllowedHosts">Hosts that may receive it; empty: any.</param>
public sealed record SetSecret(string Name, SecretText Value, IReadOnlyList<string> AllowedHosts) : IRequest<Result<SecretView>>;

/// <summary>A secret without its value.</summary>
public sealed record SecretView(string Name, IReadOnlyList<string> AllowedHosts, DateTimeOffset UpdatedAt);

internal sealed class SetSecretValidator : AbstractValidator<SetSecret>
{
    public SetSecretValidator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(StoredSecret.MaxName).Matches("^[A-Za-z0-9][A-Za-z0-9_.-]*$").WithMessage("name must be 1 to 100 of A-Z a-z 0-9 _ . -");
        RuleFor(c => c.Value).Must(v => v.Reveal().Length is >= 1 and <= 16 * 1024).WithMessage("value must have 1 to 16384 characters.");
        RuleFor(c => c.AllowedHosts).Must(hosts => hosts.Count <= 50).WithMessage("At most 50 hosts.");
        RuleForEach(c => c.AllowedHosts).Must(host => EgressRule.TryParse(host, out _)).WithMessage("Each host must read host[:port] or *.example.com.");
    }
}

internal sealed class SetSecretHandler(ISecretStore secrets, IDeploymentStore deployments, IDeploymentSignal signal, ISecretProtector protector, TenantContext tenant, TimeProvider clock)
    : IRequestHandler<SetSecret, Result<SecretView>>
{
    public async Task<Result<SecretView>> Handle(SetSecret request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var secret = await secrets.Find(request.Name, cancellationToken);
        if (secret is null)
        {
            secret = new StoredSecret(Guid.CreateVersion7(now), tenant.TenantId!.Value, request.Name);
            secrets.Add(secret);
        }

        secret.Set(protector.Protect(request.Value, secret.Place), request.AllowedHosts, now);
        foreach (var deployment in await deployments.TakeUsingSecret(request.Name, cancellationToken))
        {
            deployment.Restart(deployment.PackId, $"Secret '{request.Name}' changed.", now);
        }

        signal.Wake();
        return new SecretView(secret.Name, secret.AllowedHosts, secret.UpdatedAt);
    }
}
