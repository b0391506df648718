using McpPlatform.Kernel;
using MediatR;

namespace McpPlatform.Policy.Application.Policies;

/// <summary>One policy set or built-in role, by id or name. Fails with <c>policies.not_found</c>.</summary>
public sealed record GetPolicySet(string PolicySet) : IRequest<Result<PolicySetView>>, IQuery;

internal sealed class GetPolicySetHandler(IPolicySets policySets) : IRequestHandler<GetPolicySet, Result<PolicySetView>>
{
    public async Task<Result<PolicySetView>> Handle(GetPolicySet request, CancellationToken cancellationToken) =>
        PolicySetView.BuiltIns.FirstOrDefault(b => b.Name == request.PolicySet) is { } builtIn ? builtIn
        : await policySets.Find(request.PolicySet, cancellationToken) is { DeletedAt: null } set ? PolicySetView.Of(set)
        : PolicySetView.NotFound();
}
