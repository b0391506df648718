using FluentValidation;
using McpPlatform.Contracts.Policy;
using McpPlatform.Kernel;
using McpPlatform.Policy.Domain.Limits;
using MediatR;

namespace McpPlatform.Policy.Application.Limits;

/// <summary>Lends a gateway its shares of the limits that it uses. Needs no database: shares are known in memory, and for seconds only.</summary>
public sealed record LendShares(LimitLeaseRequest Request) : IRequest<Result<LimitLeases>>, IQuery;

internal sealed class LendSharesValidator : AbstractValidator<LendShares>
{
    private const int MostUses = 10_000;
    private const int LongestId = 400;

    public LendSharesValidator()
    {
        RuleFor(c => c.Request.Gateway).NotEmpty();
        RuleFor(c => c.Request.Uses)
            .Must(uses => uses.Count <= MostUses && uses.All(u => u is { Limit.Length: >= 1 and <= LongestId, Demand: >= 0, Held: >= 0 and <= 1 }))
            .WithMessage($"must be at most {MostUses} limits with ids of up to {LongestId} characters, demands from 0, and shares from 0 to 1");
    }
}

internal sealed class LendSharesHandler(LeaseBook book) : IRequestHandler<LendShares, Result<LimitLeases>>
{
    public Task<Result<LimitLeases>> Handle(LendShares request, CancellationToken cancellationToken)
    {
        var (gateway, isLeaving, uses) = request.Request;
        var gateways = book.Greet(gateway, isLeaving);
        var shares = uses.Select(use => isLeaving ? 0 : book.Lend(gateway, use.Limit, use.Demand, use.Held)).ToArray();
        return Task.FromResult<Result<LimitLeases>>(new LimitLeases(gateways, shares));
    }
}
