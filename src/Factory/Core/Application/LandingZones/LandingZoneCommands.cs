using FluentValidation;
using McpPlatform.Factory.Domain;
using McpPlatform.Kernel;
using McpPlatform.Net;
using MediatR;

namespace McpPlatform.Factory.Application.LandingZones;

/// <summary>Adds or replaces a landing zone. <c>local</c> is built in and cannot be changed (<c>landing_zone.built_in</c>).</summary>
public sealed record SetLandingZone(string Name, LandingZoneKind Kind, IReadOnlyList<string> AllowedPrivateHosts, bool MustBeNew) : IRequest<Result<LandingZoneView>>;

/// <summary>Removes a landing zone that no deployment uses.</summary>
public sealed record DeleteLandingZone(string Name) : IRequest<Result>;

/// <summary>Landing zones in name order, the built-in one first.</summary>
public sealed record ListLandingZones(int? Limit, string? Cursor) : IRequest<Result<Page<LandingZoneView>>>, IQuery;

/// <summary>One landing zone.</summary>
public sealed record GetLandingZone(string Name) : IRequest<Result<LandingZoneView>>, IQuery;

public sealed record LandingZoneView(string Name, LandingZoneKind Kind, IReadOnlyList<string> AllowedPrivateHosts, bool BuiltIn);

internal sealed class SetLandingZoneValidator : AbstractValidator<SetLandingZone>
{
    public SetLandingZoneValidator()
    {
        RuleFor(c => c.Name).Must(Slug.IsValid).WithMessage($"name {Slug.Rule}");
        RuleFor(c => c.AllowedPrivateHosts).Must(hosts => hosts.Count <= 100).WithMessage("At most 100 hosts.");
        RuleForEach(c => c.AllowedPrivateHosts).Must(host => EgressRule.TryParse(host, out var rule) && !rule.IsMetadataAddress)
            .WithMessage("Each must read host:port, address:port or network/length, and not be a cloud's metadata service.");
    }
}

internal sealed class DeleteLandingZoneValidator : AbstractValidator<DeleteLandingZone>
{
    public DeleteLandingZoneValidator() => RuleFor(c => c.Name).NotEmpty();
}

internal sealed class SetLandingZoneHandler(ILandingZoneStore zones, TenantContext tenant, TimeProvider clock) : IRequestHandler<SetLandingZone, Result<LandingZoneView>>
{
    public async Task<Result<LandingZoneView>> Handle(SetLandingZone request, CancellationToken cancellationToken)
    {
        if (request.Name == LandingZone.LocalName)
        {
            return LandingZoneErrors.BuiltIn;
        }

        var zone = await zones.Find(request.Name, cancellationToken);
        if (zone is not null && request.MustBeNew)
        {
            return Error.Conflict("landing_zone.exists", $"There is a landing zone '{request.Name}' already.");
        }

        if (zone is null)
        {
            var now = clock.GetUtcNow();
            zone = new LandingZone(Guid.CreateVersion7(now), tenant.TenantId!.Value, request.Name, request.Kind, now);
            zones.Add(zone);
        }

        zone.Allow(request.AllowedPrivateHosts);
        return LandingZoneViews.Of(zone);
    }
}

internal sealed class DeleteLandingZoneHandler(ILandingZoneStore zones, IDeploymentStore deployments) : IRequestHandler<DeleteLandingZone, Result>
{
    public async Task<Result> Handle(DeleteLandingZone request, CancellationToken cancellationToken)
    {
        if (request.Name == LandingZone.LocalName)
        {
            return LandingZoneErrors.BuiltIn;
        }

        if (await zones.Find(request.Name, cancellationToken) is not { } zone)
        {
            return LandingZoneErrors.NotFound;
        }

        if (await deployments.UsesZone(request.Name, cancellationToken))
        {
            return Error.Conflict("landing_zone.in_use", "Deployments run there. Delete them first.");
        }

        zones.Remove(zone);
        return Result.Success;
    }
}

internal sealed class ListLandingZonesHandler(ILandingZoneStore zones, TenantContext tenant) : IRequestHandler<ListLandingZones, Result<Page<LandingZoneView>>>
{
    public async Task<Result<Page<LandingZoneView>>> Handle(ListLandingZones request, CancellationToken cancellationToken)
    {
        var page = Pages.ByKey(request.Limit, request.Cursor);
        if (page.Error is { } error)
        {
            return error;
        }

        var (after, limit) = page.Value;
        var found = await zones.List(after, limit + 1, cancellationToken);
        var stored = Pages.Of(found, limit, zone => zone.Name, LandingZoneViews.Of);
        return after is null ? stored with { Items = [LandingZoneViews.Of(LandingZone.Local(tenant.TenantId!.Value)), .. stored.Items] } : stored;
    }
}

internal sealed class GetLandingZoneHandler(ILandingZoneStore zones, TenantContext tenant) : IRequestHandler<GetLandingZone, Result<LandingZoneView>>
{
    public async Task<Result<LandingZoneView>> Handle(GetLandingZone request, CancellationToken cancellationToken)
    {
        var zone = request.Name == LandingZone.LocalName ? LandingZone.Local(tenant.TenantId!.Value) : await zones.Find(request.Name, cancellationToken);
        return zone is null ? LandingZoneErrors.NotFound : LandingZoneViews.Of(zone);
    }
}

internal static class LandingZoneErrors
{
    public static Error NotFound { get; } = Error.NotFound("landing_zone.not_found", "There is no such landing zone.");

    public static Error BuiltIn { get; } = Error.Conflict("landing_zone.built_in", "The landing zone 'local' is built in: it can be neither changed nor deleted.");
}

internal static class LandingZoneViews
{
    public static LandingZoneView Of(LandingZone zone) => new(zone.Name, zone.Kind, zone.AllowedPrivateHosts, zone.Name == LandingZone.LocalName);
}
