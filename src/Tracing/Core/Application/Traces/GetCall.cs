using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Tracing.Application.Traces;

/// <summary>One call in full. Fails with <c>traces.not_found</c>, also for another tenant's.</summary>
public sealed record GetCall(Guid Id) : IRequest<Result<CallDetail>>, IQuery;

internal sealed class GetCallHandler(ICalls calls) : IRequestHandler<GetCall, Result<CallDetail>>
{
    public async Task<Result<CallDetail>> Handle(GetCall request, CancellationToken cancellationToken) =>
        await calls.Find(request.Id, cancellationToken) is { } call
            ? call
            : Error.NotFound("traces.not_found", "There is no call with this id. It may not have arrived yet, or be older than the retention.");
}
