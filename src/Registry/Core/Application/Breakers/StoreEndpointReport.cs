using FluentValidation;
using McpPlatform.Contracts.Gateway;
using McpPlatform.Kernel;
using McpPlatform.Registry.Domain;
using MediatR;

namespace McpPlatform.Registry.Application.Breakers;

/// <summary>
/// Keeps what a gateway reports. A server that has become unreachable from it, or reachable again, is looked at right away: what that look finds is its health.
/// </summary>
public sealed record StoreEndpointReport(EndpointReport Report) : IRequest<Result>;

internal sealed class StoreEndpointReportValidator : AbstractValidator<StoreEndpointReport>
{
    private const int Most = 50_000;

    public StoreEndpointReportValidator()
    {
        RuleFor(c => c.Report.GatewayId).NotEmpty().MaximumLength(EndpointReports.MaxGatewayIdLength);
        RuleFor(c => c.Report.Endpoints).Must(e => e is { Count: <= Most }).WithMessage($"must be at most {Most}");
    }
}

internal sealed class StoreEndpointReportHandler(IEndpointReports reports, IServers servers, TimeProvider clock) : IRequestHandler<StoreEndpointReport, Result>
{
    public async Task<Result> Handle(StoreEndpointReport request, CancellationToken cancellationToken)
    {
        var (sent, now) = (request.Report, clock.GetUtcNow());
        if (await reports.Find(sent.GatewayId, cancellationToken) is not { } known)
        {
            known = EndpointReports.Of(sent.TenantId, sent.GatewayId, now);
            reports.Add(known);

            // Where gateways come they go as well; in containers each has a name of its own.
            await reports.RemoveBefore(now - EndpointReports.KeptFor, cancellationToken);
        }

        foreach (var id in known.Take(sent.Endpoints, now))
        {
            if (await servers.Find(id.ToString(), cancellationToken) is { DeletedAt: null } server)
            {
                server.LookAgain(now);
            }
        }

        return Result.Success;
    }
}
