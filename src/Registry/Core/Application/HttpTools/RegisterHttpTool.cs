using FluentValidation;
using McpPlatform.Kernel;
using McpPlatform.Registry.Application.Servers;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>
/// Registers a tool as one HTTP operation; the factory deploys it. Fails with <c>servers.exists</c> when its slug is taken, <c>tools.limit</c> when the tenant
/// has too many.
/// </summary>
/// <param name="Slug">The server under which it appears; null = made of the name.</param>
public sealed record RegisterHttpTool(string Name, string? Slug, HttpToolTerms Terms) : IRequest<Result<HttpToolView>>
{
    /// <summary>The slug that is used: a name's other characters become hyphens.</summary>
    internal string ServerSlug => Slug ?? string.Join('-', Name.ToLowerInvariant().Split(['.', '_', '-'], StringSplitOptions.RemoveEmptyEntries));
}

internal sealed class RegisterHttpToolValidator : AbstractValidator<RegisterHttpTool>
{
    public RegisterHttpToolValidator()
    {
        RuleFor(c => c.Name).Must(HttpToolRules.IsToolName).WithMessage("must be 1 to 64 of A-Z, a-z, 0-9, '_', '-', '.'");
        RuleFor(c => c.ServerSlug).IsSlug().OverridePropertyName("Slug");
        RuleFor(c => c.Terms).SetValidator(new HttpToolRules()).OverridePropertyName("");
    }
}

internal sealed class RegisterHttpToolHandler(
    IHttpTools tools, IServers servers, IRegistryVersion version, IEventOutbox outbox, TenantContext tenant, RegistryQuotas quotas, TimeProvider clock)
    : IRequestHandler<RegisterHttpTool, Result<HttpToolView>>
{
    public async Task<Result<HttpToolView>> Handle(RegisterHttpTool request, CancellationToken cancellationToken)
    {
        // Keeps other changes waiting, so that the slug found free stays free.
        await version.Next(cancellationToken);
        var slug = request.ServerSlug;
        if (await servers.Find(slug, cancellationToken) is not null || await tools.HasSlug(slug, cancellationToken))
        {
            return ServerView.SlugTaken(slug);
        }

        if (await tools.Count(cancellationToken) >= quotas.MaxHttpTools)
        {
            return Error.Conflict("tools.limit", $"This tenant has {quotas.MaxHttpTools} such tools, as many as it may (option Registry__MaxHttpTools). Remove one first, or make a pack of many operations.");
        }

        var now = clock.GetUtcNow();
        var tool = HttpTool.Register(tenant.TenantId!.Value, request.Name, slug, now);
        tools.Add(tool);
        tools.Add(tool.Describe(request.Terms.Write(), tenant.Actor, now));
        outbox.ToolChanged(tool, now);
        return HttpToolView.Of(tool);
    }
}
