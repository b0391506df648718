using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.HttpTools;
using McpPlatform.Registry.Application.Servers;
using MediatR;

namespace McpPlatform.Registry.Application.Declared;

/// <summary>A server as a configuration says it.</summary>
/// <param name="Origin">File and line.</param>
public sealed record DeclaredServer(RegisterServer Terms, string Origin);

/// <summary>
/// Makes the servers that are managed by a file the ones that are given: creates, changes and deletes those alone, all in one transaction. Twice is once. Fails with
/// <c>configuration.taken</c> when a slug belongs to a server that is managed elsewhere, and <c>servers.limit</c>.
/// </summary>
public sealed record DeclareServers(IReadOnlyList<DeclaredServer> Servers) : IRequest<Result<DeclaredPlan>>;

/// <summary>What <see cref="DeclareServers"/> would do, and what it would refuse.</summary>
public sealed record PlanServers(IReadOnlyList<DeclaredServer> Servers) : IRequest<Result<DeclaredPlan>>, IQuery;

internal sealed class DeclareServersValidator : AbstractValidator<DeclareServers>
{
    public DeclareServersValidator() => RuleFor(c => c.Servers).Custom(Check);

    /// <summary>The rules of a server that is registered over the API, told with the configuration's names.</summary>
    internal static void Check<T>(IReadOnlyList<DeclaredServer> servers, ValidationContext<T> context)
    {
        var rules = new RegisterServerValidator();
        foreach (var terms in servers.Select(s => s.Terms))
        {
            foreach (var failure in rules.Validate(terms).Errors)
            {
                context.AddFailure($"servers.{terms.Slug}.{failure.PropertyName}", failure.ErrorMessage);
            }
        }
    }
}

internal sealed class PlanServersValidator : AbstractValidator<PlanServers>
{
    public PlanServersValidator() => RuleFor(c => c.Servers).Custom(DeclareServersValidator.Check);
}

internal sealed class PlanServersHandler(IServers servers, IHttpTools tools, ISecretProtector protector, RegistryQuotas quotas) : IRequestHandler<PlanServers, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(PlanServers request, CancellationToken cancellationToken)
    {
        var plan = await ServerPlan.Make(request.Servers, servers, tools, protector, quotas, cancellationToken);
        return plan.Error is { } error ? error : plan.Value.Told;
    }
}

internal sealed class DeclareServersHandler(
    IServers servers,
    IHttpTools tools,
    IRegistryVersion version,
    ISecretProtector protector,
    IEventOutbox outbox,
    TenantContext tenant,
    RegistryQuotas quotas,
    TimeProvider clock) : IRequestHandler<DeclareServers, Result<DeclaredPlan>>
{
    public async Task<Result<DeclaredPlan>> Handle(DeclareServers request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        var made = await ServerPlan.Make(request.Servers, servers, tools, protector, quotas, cancellationToken);
        if (made.Error is { } error)
        {
            return error;
        }

        var now = clock.GetUtcNow();
        foreach (var step in made.Value.Steps)
        {
            var server = step.Apply(tenant.TenantId!.Value, protector, now);
            if (step.Action == DeclaredAction.Create)
            {
                servers.Add(server);
            }

            if (step.Action != DeclaredAction.Move)
            {
                outbox.Changed(server, next, now);
            }
        }

        return made.Value.Told;
    }
}
