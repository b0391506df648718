using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>Replaces what the tool does; name and slug stay. Fails with <c>tools.not_found</c>, <c>tools.changed</c>.</summary>
/// <param name="ExpectedVersion">From If-Match; null = whatever it is.</param>
public sealed record ReplaceHttpTool(Guid Id, HttpToolTerms Terms, long? ExpectedVersion) : IRequest<Result<HttpToolView>>;

internal sealed class ReplaceHttpToolValidator : AbstractValidator<ReplaceHttpTool>
{
    public ReplaceHttpToolValidator() => RuleFor(c => c.Terms).SetValidator(new HttpToolRules()).OverridePropertyName("");
}

internal sealed class ReplaceHttpToolHandler(IHttpTools tools, IEventOutbox outbox, TenantContext tenant, TimeProvider clock) : IRequestHandler<ReplaceHttpTool, Result<HttpToolView>>
{
    public async Task<Result<HttpToolView>> Handle(ReplaceHttpTool request, CancellationToken cancellationToken)
    {
        if (await tools.Find(request.Id, cancellationToken) is not { DeletedAt: null } tool)
        {
            return HttpToolView.NotFound();
        }

        if (request.ExpectedVersion is { } expected && expected != tool.Version)
        {
            return HttpToolView.Changed(tool.Version);
        }

        var now = clock.GetUtcNow();
        tools.Add(tool.Describe(request.Terms.Write(), tenant.Actor, now));
        outbox.ToolChanged(tool, now);
        return HttpToolView.Of(tool);
    }
}
