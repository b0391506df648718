using FluentValidation;
using McpPlatform.Contracts.Registry;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.ToolSets;

/// <summary>Creates a tool set; gateways serve it within seconds. Fails with <c>tool_sets.exists</c> when the slug is taken, <c>tool_sets.limit</c> when the tenant has too many.</summary>
public sealed record CreateToolSet(string Slug, ToolSetTerms Terms) : IRequest<Result<ToolSetView>>;

internal sealed class CreateToolSetValidator : AbstractValidator<CreateToolSet>
{
    public CreateToolSetValidator()
    {
        RuleFor(c => c.Slug).IsSlug();
        RuleFor(c => c.Terms).SetValidator(new ToolSetRules()).OverridePropertyName("");
    }
}

internal sealed class CreateToolSetHandler(IToolSets sets, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, RegistryQuotas quotas, TimeProvider clock)
    : IRequestHandler<CreateToolSet, Result<ToolSetView>>
{
    public async Task<Result<ToolSetView>> Handle(CreateToolSet request, CancellationToken cancellationToken)
    {
        var next = await version.Next(cancellationToken);
        if (await sets.Find(request.Slug, cancellationToken) is not null)
        {
            return Error.Conflict("tool_sets.exists", $"A tool set with the slug '{request.Slug}' exists already. Choose another one, or change that one.");
        }

        if (await sets.Count(cancellationToken) >= quotas.MaxToolSets)
        {
            return Error.Conflict("tool_sets.limit", $"This tenant has {quotas.MaxToolSets} tool sets, as many as it may (option Registry__MaxToolSets). Remove one first.");
        }

        var now = clock.GetUtcNow();
        var set = ToolSet.Create(tenant.TenantId!.Value, request.Slug, ManagedBy.Api, now);
        sets.Add(set);
        sets.Add(set.Describe(request.Terms, tenant.Actor, now));
        outbox.Changed(set, next, now);
        return await ToolSetView.Of(set, sets, cancellationToken);
    }
}
