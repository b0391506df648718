using FluentValidation;
using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Registry.Application.HttpTools;

/// <summary>Removes a tool; the factory takes its server away. Twice is answered alike. Fails with <c>tools.not_found</c>, <c>tools.changed</c>.</summary>
public sealed record DeleteHttpTool(Guid Id, long? ExpectedVersion) : IRequest<Result>;

internal sealed class DeleteHttpToolValidator : AbstractValidator<DeleteHttpTool>
{
    public DeleteHttpToolValidator() => RuleFor(c => c.Id).NotEmpty();
}

internal sealed class DeleteHttpToolHandler(IHttpTools tools, IEventOutbox outbox, TenantContext tenant, TimeProvider clock) : IRequestHandler<DeleteHttpTool, Result>
{
    public async Task<Result> Handle(DeleteHttpTool request, CancellationToken cancellationToken)
    {
        if (await tools.Find(request.Id, cancellationToken) is not { } tool)
        {
            return HttpToolView.NotFound();
        }

        if (tool.DeletedAt is null && request.ExpectedVersion is { } expected && expected != tool.Version)
        {
            return HttpToolView.Changed(tool.Version);
        }

        var now = clock.GetUtcNow();
        if (tool.Delete(tenant.Actor, now) is { } revision)
        {
            tools.Add(revision);
            outbox.ToolChanged(tool, now);
        }

        return Result.Success;
    }
}
